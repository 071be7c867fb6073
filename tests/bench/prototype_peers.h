/*
 * prototype_peers.h: MariaDB and RabbitMQ for the prototype chain, on the bare client libraries: the
 * yardstick must not get slower or faster with our own. Whatever fails ends the program.
 */
#ifndef TESTS_BENCH_PROTOTYPE_PEERS_H
#define TESTS_BENCH_PROTOTYPE_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- MariaDB: one thread each; env DB_SOCKET, DB_USER ---- */

struct proto_db;

/* schema NULL: none chosen yet. Sessions read committed and begin a transaction by themselves. */
struct proto_db *proto_db_open(const char *schema);
/* Runs one or many statements. False: a deadlock; it was rolled back and is to be done again. */
bool proto_db_run(struct proto_db *db, const char *sql, size_t length);

/* ---- RabbitMQ: one thread each; env AMQP_HOST, AMQP_PORT, AMQP_USER, AMQP_PASSWORD ---- */

struct proto_bus;

struct proto_bus *proto_bus_open(void);
void proto_bus_make_queue(struct proto_bus *bus, const char *queue); /* anew: quorum, durable */
void proto_bus_confirm(struct proto_bus *bus);                       /* publishes with confirms */
/* Publishes, then waits until fewer than `window` messages are unconfirmed. */
void proto_bus_publish(struct proto_bus *bus, const char *queue, const void *body, size_t length,
                       size_t window);
void proto_bus_consume(struct proto_bus *bus, const char *queue, uint16_t prefetch);
/* The next message, copied to `room`; false: none came in time. */
bool proto_bus_next(struct proto_bus *bus, int wait_ms, void *room, size_t room_bytes,
                    size_t *ret_length, uint64_t *ret_tag);
void proto_bus_ack(struct proto_bus *bus, uint64_t tag); /* and all before */

#endif
