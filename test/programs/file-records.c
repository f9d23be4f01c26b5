/* A file of records: written, read back, changed in place, indexed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

struct record {
    char name[16];
    int32_t balance;
    double rate;
    uint64_t stamp;
};

enum { RECORDS = 100 };

int main(int argc, char **argv)
{
    struct record record, table[RECORDS];
    char path[100];
    size_t kept;
    long long total = 0;
    FILE *file;

    if (argc < 2)
        return 2;
    snprintf(path, sizeof path, "%s/records", argv[1]);
    file = fopen(path, "wb");
    if (file == NULL)
        return 3;
    for (int i = 0; i < RECORDS; i++) {
        memset(&record, 0, sizeof record);
        snprintf(record.name, sizeof record.name, "account-%d", i);
        record.balance = (int32_t)(chance() % 100000) - 20000;
        record.rate = i / 8.0;
        record.stamp = chance64();
        if (fwrite(&record, sizeof record, 1, file) != 1)
            printf("write %d failed\n", i);
    }
    fclose(file);

    file = fopen(path, "rb+");
    kept = fread(table, sizeof record, RECORDS + 5, file);
    printf("%zu records, end %d\n", kept, feof(file) != 0);
    for (int i = 0; i < 30; i++) {
        int which = (int)(chance() % RECORDS);

        fseek(file, which * (long)sizeof record, SEEK_SET);
        if (fread(&record, sizeof record, 1, file) != 1)
            printf("read %d failed\n", which);
        record.balance += 1000;
        fseek(file, -(long)sizeof record, SEEK_CUR);
        fwrite(&record, sizeof record, 1, file);
    }
    rewind(file);
    while (fread(&record, sizeof record, 1, file) == 1)
        total += record.balance;
    printf("total %lld, last %s %.3f %llx\n", total, record.name, record.rate,
           (unsigned long long)record.stamp);

    fseek(file, 0, SEEK_END);
    printf("%ld bytes\n", ftell(file));
    fseek(file, 5, SEEK_END);
    printf("beyond the end: %zu\n", fread(&record, 1, 10, file));
    fseek(file, -10, SEEK_END);
    printf("across the end: %zu, end %d\n", fread(&record, 1, 20, file),
           feof(file) != 0);
    fclose(file);
    printf("remove %d\n", remove(path));
    return 0;
}
