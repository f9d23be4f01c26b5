/* Starts threads until there are no more, then ends them. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 200000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int passed;

static void *wait_at_gate(void *unused)
{
    pthread_mutex_lock(&gate);
    passed++;
    pthread_mutex_unlock(&gate);
    return unused;
}

int main(void)
{
    static pthread_t threads[MOST];
    pthread_attr_t attributes;
    int count = 0, error = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 32768);
    pthread_mutex_lock(&gate);
    while (count < MOST && error == 0) {
        error = pthread_create(&threads[count], &attributes, wait_at_gate, NULL);
        if (error == 0)
            count++;
    }
    printf("refused: %s\n", strerror(error));
    fflush(stdout);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("at least ten %d, all passed %d\n", count >= 10, passed == count);
    return error == 0;
}
