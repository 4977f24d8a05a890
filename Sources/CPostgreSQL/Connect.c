#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Connection.h"

// MARK: Judging a URL

// Every character is one of a host's, an address's or a socket folder's; commas part several.
static bool is_host(const char *text) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:%,/";
    return strspn(text, allowed) == strlen(text);
}

static bool is_port(const char *text) {
    return strspn(text, "0123456789,") == strlen(text);
}

static cpq_url_fault fault_of(const PQconninfoOption *option) {
    if (option->val == NULL) return CPQ_URL_FINE;
    if (strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0) {
        return is_host(option->val) ? CPQ_URL_FINE : CPQ_URL_NO_HOST;
    }
    if (strcmp(option->keyword, "port") == 0) return is_port(option->val) ? CPQ_URL_FINE : CPQ_URL_NO_PORT;
    if (strcmp(option->keyword, "dbname") == 0) return strchr(option->val, '@') ? CPQ_URL_NO_DATABASE : CPQ_URL_FINE;
    return CPQ_URL_FINE;
}

cpq_url_fault cpq_check_url(const char *url) {
    if (strncmp(url, "postgresql://", 13) != 0 && strncmp(url, "postgres://", 11) != 0) return CPQ_URL_UNREADABLE;
    // libpq's own words about a broken URL repeat it: they are not asked for.
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (options == NULL) return CPQ_URL_UNREADABLE;
    cpq_url_fault fault = CPQ_URL_FINE;
    for (const PQconninfoOption *option = options; option->keyword != NULL && fault == CPQ_URL_FINE; option++) {
        fault = fault_of(option);
    }
    PQconninfoFree(options);
    return fault;
}

// MARK: Connecting

// libpq would write the server's notices to standard error.
static void drop_notice(void *nothing, const PGresult *notice) {
    (void)nothing;
    (void)notice;
}

cpq_connection *cpq_open(const char *url, const char *application, int seconds) {
    // Without this OpenSSL asks the terminal for the passphrase of a client key that has one (`sslpassword`).
    PQsetSSLKeyPassHook_OpenSSL(PQdefaultSSLKeyPassHook_OpenSSL);
    cpq_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) return NULL;
    char bound[16];
    snprintf(bound, sizeof bound, "%d", seconds);
    // What stands before the URL is a default that it may override; what stands behind it is not to be changed.
    const char *const keywords[] = {
        "fallback_application_name", "gssencmode", "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "dbname", "connect_timeout", "client_encoding", NULL};
    const char *const values[] = {application, "disable", "5000", "5", "2", "2", url, bound, "UTF8", NULL};
    connection->link = PQconnectdbParams(keywords, values, 1);
    if (connection->link == NULL) {
        free(connection);
        return NULL;
    }
    if (PQstatus(connection->link) == CONNECTION_OK) {
        PQsetNoticeReceiver(connection->link, drop_notice, NULL);
        PQsetnonblocking(connection->link, 1);
        PQenterPipelineMode(connection->link);
    }
    return connection;
}

bool cpq_is_open(const cpq_connection *connection) {
    return PQstatus(connection->link) == CONNECTION_OK && PQpipelineStatus(connection->link) != PQ_PIPELINE_OFF;
}

const char *cpq_host(const cpq_connection *connection) {
    const char *host = PQhost(connection->link);
    return host != NULL ? host : "";
}

const char *cpq_port(const cpq_connection *connection) {
    const char *port = PQport(connection->link);
    return port != NULL ? port : "";
}

void cpq_close(cpq_connection *connection) {
    PQclear(connection->result);
    PQfinish(connection->link);
    free(connection);
}
