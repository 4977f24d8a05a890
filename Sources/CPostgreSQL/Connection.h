// What the files of this target share.
#ifndef SMPPOST_CPOSTGRESQL_CONNECTION_H
#define SMPPOST_CPOSTGRESQL_CONNECTION_H

#include <postgresql/libpq-fe.h>

#include "CPostgreSQL.h"

struct cpq_connection {
    PGconn *link;
    PGresult *result;
    /// On CLOCK_MONOTONIC, in milliseconds.
    int64_t deadline;
};

#endif
