static const unsigned LIMIT = 7;
