/*
 * stdio_worker.h: the worker without a broker, for conformance tests: documents of the protocol on
 * its input and output, each after its length (32 bits, little-endian). A snapshot starts a book
 * anew; a command batch is answered by one result batch.
 */
#ifndef MATCHING_STDIO_WORKER_H
#define MATCHING_STDIO_WORKER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* Until the end of the input. False: a document that breaks the protocol. */
bool stdio_worker_run(FILE *in, FILE *out, struct err *err) MUST_CHECK;

#endif
