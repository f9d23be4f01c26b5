/* The in-process handler alone, for suture to put into a process: this program
   is never run. Its linker keeps what updater_signal needs, see build.json. */
#include "updater.h"
