// One connection to PostgreSQL through libpq, in pipeline mode, whose every wait has a bound. What needs pointers stays
// on this side: callers hand over whole arrays, which are copied before a call returns, and read one result at a time.
#ifndef SMPPOST_CPOSTGRESQL_H
#define SMPPOST_CPOSTGRESQL_H

#include <stdbool.h>
#include <stdint.h>

/// A connection, with the result that was read last. One thread at a time.
typedef struct cpq_connection cpq_connection;

/// What is wrong with a URL before anything is tried.
typedef enum cpq_url_fault {
    CPQ_URL_FINE = 0,
    CPQ_URL_UNREADABLE = 1,  // libpq does not understand it
    CPQ_URL_NO_HOST = 2,     // what stands for the host cannot be one
    CPQ_URL_NO_PORT = 3,     // the same of the port
    CPQ_URL_NO_DATABASE = 4  // the same of the database's name
} cpq_url_fault;

/// What cpq_next read.
typedef enum cpq_event {
    CPQ_ROWS = 0,     // the rows of a command that has some
    CPQ_DONE = 1,     // a command without rows was done
    CPQ_SYNCED = 2,   // all commands since the cpq_sync before were done or undone
    CPQ_FAILED = 3,   // a command failed; see cpq_sqlstate and cpq_words
    CPQ_SKIPPED = 4,  // a command was not tried because one before it failed
    CPQ_LOST = 5,     // the connection ended; see cpq_words
    CPQ_LATE = 6      // the bound passed before an answer came
} cpq_event;

// MARK: Connecting (Connect.c)

/// Judges a URL without connecting. A password that is not percent-encoded shows as a fault here, so that no part of
/// it can pass for a host.
cpq_url_fault cpq_check_url(const char *url);
/// Connects, `seconds` for each address of each host at most, and enters pipeline mode. NULL when there is no memory;
/// otherwise see cpq_is_open, and cpq_words for why it is not.
cpq_connection *cpq_open(const char *url, const char *application, int seconds);
bool cpq_is_open(const cpq_connection *connection);
/// The host that it is connected to or was tried last, and its port; empty where none was.
const char *cpq_host(const cpq_connection *connection);
const char *cpq_port(const cpq_connection *connection);
/// Ends the connection without waiting for the server, and frees everything.
void cpq_close(cpq_connection *connection);

// MARK: Commands (Commands.c)

/// How many parameters a command may have.
enum { CPQ_MAXIMUM_PARAMETERS = 24 };

/// Everything until the next cpq_begin has this many milliseconds from now on.
void cpq_begin(cpq_connection *connection, int milliseconds);
/// Queues the preparation of a statement. False: see cpq_words.
bool cpq_prepare(cpq_connection *connection, const char *name, const char *sql);
/// Queues a command: the statement of that name, or `sql` where `name` is empty. Parameters are binary: number n ends
/// before bytes[ends[n]] and begins where the one before it ended. Rows come as text. False: see cpq_words.
bool cpq_execute(
    cpq_connection *connection, const char *name, const char *sql, const uint8_t *bytes, const int32_t *ends,
    int32_t count);
/// Ends a group of commands: they are one transaction unless they say otherwise. False: see cpq_words.
bool cpq_sync(cpq_connection *connection);
/// Sends what is queued and reads the next result, which stays until the next call.
cpq_event cpq_next(cpq_connection *connection);

// MARK: The result that was read last (Results.c)

int32_t cpq_row_count(const cpq_connection *connection);
bool cpq_is_null(const cpq_connection *connection, int32_t row, int32_t column);
/// A field's text; empty where it is null or not there. It stays until the next cpq_next.
const char *cpq_text(const cpq_connection *connection, int32_t row, int32_t column);
/// A field as a whole number; 0 where it is null or none.
int64_t cpq_integer(const cpq_connection *connection, int32_t row, int32_t column);
/// The five characters of the failure's SQLSTATE; empty when there is none.
const char *cpq_sqlstate(const cpq_connection *connection);
/// Why the last call failed: the server's primary message without details (those repeat values), or libpq's.
const char *cpq_words(const cpq_connection *connection);
/// Whether `words` has the connection's password in it.
bool cpq_tells_password(const cpq_connection *connection, const char *words);

#endif
