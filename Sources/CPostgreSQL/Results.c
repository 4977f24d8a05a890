#include <stdlib.h>
#include <string.h>

#include "Connection.h"

// libpq answers rows and columns that are not there by a warning on standard error.
static bool is_there(const cpq_connection *connection, int32_t row, int32_t column) {
    const PGresult *result = connection->result;
    return row >= 0 && row < PQntuples(result) && column >= 0 && column < PQnfields(result);
}

int32_t cpq_row_count(const cpq_connection *connection) {
    return PQntuples(connection->result);
}

bool cpq_is_null(const cpq_connection *connection, int32_t row, int32_t column) {
    return !is_there(connection, row, column) || PQgetisnull(connection->result, row, column) == 1;
}

const char *cpq_text(const cpq_connection *connection, int32_t row, int32_t column) {
    return is_there(connection, row, column) ? PQgetvalue(connection->result, row, column) : "";
}

int64_t cpq_integer(const cpq_connection *connection, int32_t row, int32_t column) {
    return strtoll(cpq_text(connection, row, column), NULL, 10);
}

const char *cpq_sqlstate(const cpq_connection *connection) {
    const char *state = PQresultErrorField(connection->result, PG_DIAG_SQLSTATE);
    return state != NULL ? state : "";
}

const char *cpq_words(const cpq_connection *connection) {
    const char *primary = PQresultErrorField(connection->result, PG_DIAG_MESSAGE_PRIMARY);
    return primary != NULL ? primary : PQerrorMessage(connection->link);
}

bool cpq_tells_password(const cpq_connection *connection, const char *words) {
    const char *password = PQpass(connection->link);
    return password != NULL && password[0] != '\0' && strstr(words, password) != NULL;
}
