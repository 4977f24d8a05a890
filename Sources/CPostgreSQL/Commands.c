#include <errno.h>
#include <poll.h>
#include <time.h>

#include "Connection.h"

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void cpq_begin(cpq_connection *connection, int milliseconds) {
    connection->deadline = now() + milliseconds;
}

bool cpq_prepare(cpq_connection *connection, const char *name, const char *sql) {
    return PQsendPrepare(connection->link, name, sql, 0, NULL) == 1;
}

bool cpq_execute(
    cpq_connection *connection, const char *name, const char *sql, const uint8_t *bytes, const int32_t *ends,
    int32_t count) {
    if (count > CPQ_MAXIMUM_PARAMETERS) return false;
    const char *values[CPQ_MAXIMUM_PARAMETERS];
    int lengths[CPQ_MAXIMUM_PARAMETERS];
    int formats[CPQ_MAXIMUM_PARAMETERS];
    int32_t start = 0;
    for (int32_t number = 0; number < count; number++) {
        values[number] = (const char *)bytes + start;
        lengths[number] = ends[number] - start;
        formats[number] = 1;
        start = ends[number];
    }
    // libpq copies everything into its own buffer.
    if (name[0] != '\0') {
        return PQsendQueryPrepared(connection->link, name, count, values, lengths, formats, 0) == 1;
    }
    return PQsendQueryParams(connection->link, sql, count, NULL, values, lengths, formats, 0) == 1;
}

bool cpq_sync(cpq_connection *connection) {
    return PQpipelineSync(connection->link) == 1;
}

// MARK: Waiting

// Waits until the socket can be read (or written, if that is wanted too). False: the bound passed.
static bool wait_for_socket(cpq_connection *connection, bool to_write) {
    for (;;) {
        int64_t left = connection->deadline - now();
        if (left <= 0) return false;
        struct pollfd socket = {PQsocket(connection->link), (short)(to_write ? POLLIN | POLLOUT : POLLIN), 0};
        int ready = poll(&socket, 1, left > 60000 ? 60000 : (int)left);
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    }
}

// Sends and reads until a result can be taken without waiting: CPQ_DONE, CPQ_LOST or CPQ_LATE.
static cpq_event wait_for_result(cpq_connection *connection) {
    int unsent = PQflush(connection->link);
    // After a failed write there may still be words of the server that say why.
    while (PQisBusy(connection->link)) {
        if (!wait_for_socket(connection, unsent == 1)) return CPQ_LATE;
        if (PQconsumeInput(connection->link) != 1) return CPQ_LOST;
        if (unsent == 1) unsent = PQflush(connection->link);
    }
    return CPQ_DONE;
}

static cpq_event event_of(const cpq_connection *connection) {
    switch (PQresultStatus(connection->result)) {
        case PGRES_TUPLES_OK: return CPQ_ROWS;
        case PGRES_COMMAND_OK: return CPQ_DONE;
        case PGRES_PIPELINE_SYNC: return CPQ_SYNCED;
        case PGRES_PIPELINE_ABORTED: return CPQ_SKIPPED;
        default: return PQstatus(connection->link) == CONNECTION_OK ? CPQ_FAILED : CPQ_LOST;
    }
}

cpq_event cpq_next(cpq_connection *connection) {
    PQclear(connection->result);
    connection->result = NULL;
    // A NULL parts the results of one command from those of the next: two in a row mean that nothing is under way.
    for (int turn = 0; turn < 2; turn++) {
        cpq_event event = wait_for_result(connection);
        if (event != CPQ_DONE) return event;
        connection->result = PQgetResult(connection->link);
        if (connection->result != NULL) return event_of(connection);
        if (PQstatus(connection->link) != CONNECTION_OK) return CPQ_LOST;
    }
    return CPQ_LOST;
}
