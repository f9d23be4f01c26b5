import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const generated = { ignores: ['dist/**'] };

export default tseslint.config(
  generated,
  eslint.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: 'test/tsconfig.json',
        tsconfigRootDir: `${import.meta.dirname}/..`,
      },
    },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['warn', { max: 450, skipBlankLines: true, skipComments: true }],
      // An index that a bound was checked for is what `!` says.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Numbers are all there is in messages and templates.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A core's operations are compared with numbers read from typed arrays.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      // An ISA is handed its own cores through the common interface.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['scripts/**/*.js'],
    languageOptions: {
      globals: { Buffer: 'readonly', URL: 'readonly', console: 'readonly', process: 'readonly' },
    },
  },
  {
    // An interpreter is one switch, and its tests are one table.
    files: ['src/isa/*/execute*.ts', 'test/**/*.ts'],
    rules: { 'max-lines': 'off' },
  },
);
