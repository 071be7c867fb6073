/* process.h: inside the module. What a service asks of its process before anything else runs. */
#ifndef SERVICE_PROCESS_H
#define SERVICE_PROCESS_H

void process_prepare(void);

#endif
