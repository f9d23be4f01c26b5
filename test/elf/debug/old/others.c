/* What another file defines, what every thread has, and what stands in another byte order. */
struct node;

const struct node *volatile opaque;
_Thread_local struct {
    int first, last;
} own = {1, 2};
struct __attribute__((scalar_storage_order("little-endian"))) {
    int number;
} turned;
