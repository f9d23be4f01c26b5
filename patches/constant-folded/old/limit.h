static const unsigned LIMIT = 5;
