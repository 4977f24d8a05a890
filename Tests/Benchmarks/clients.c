// Clients of the intake that cost little themselves, for floods.py.
//
//   clients honest     PORT SECONDS FIRST PASSWORD   one connection, 50 forms a second, timed from when each was due
//   clients handshakes PORT SECONDS NET              500 new TLS connections a second from 127.NET.x.y, each asks GET /healthz
//   clients logins     PORT SECONDS NET              the same with a wrong login each
//   clients kept       PORT SECONDS NET              wrong logins over kept connections
//   clients closing    PORT SECONDS NET              5,000 TCP connections a second, closed at once
//   clients idle       PORT SECONDS NET COUNT        COUNT connections that do nothing
//
// Prints one JSON object: how often each status came ("0": none), and for `honest` p50 and p99 in milliseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { threads = 250, addresses = 1000, rate = 500 };
static int port, net;
static double begun, seconds;
static const char *kind;
static SSL_CTX *context;
static atomic_int statuses[600];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void wait_until(double due) {
    struct timespec time = {(time_t)due, (long)((due - (time_t)due) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

// A TCP connection from the address with this number; -1 = none.
static int dial(int number) {
    int one = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval limit = {20, 0};
    setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (net > 0) {
        address.sin_addr.s_addr = htonl(127u << 24 | (unsigned)net << 16 | (unsigned)(number / 250 % 250) << 8 | (1 + number % 250));
        bind(one, (struct sockaddr *)&address, sizeof address);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)port);
    if (connect(one, (struct sockaddr *)&address, sizeof address) == 0) return one;
    close(one);
    return -1;
}

static SSL *handshake(int socket) {
    if (socket < 0) return NULL;
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    if (SSL_connect(ssl) == 1) return ssl;
    SSL_free(ssl);
    close(socket);
    return NULL;
}

static void hang_up(SSL *ssl) {
    if (!ssl) return;
    int socket = SSL_get_fd(ssl);
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(socket);
}

// The status of the reply; 0 = none came whole. Replies are small.
static int ask(SSL *ssl, const char *request, int length) {
    char reply[4096];
    int have = 0;
    if (!ssl || SSL_write(ssl, request, length) != length) return 0;
    while (have < (int)sizeof reply - 1) {
        int got = SSL_read(ssl, reply + have, (int)sizeof reply - 1 - have);
        if (got <= 0) return 0;
        have += got;
        reply[have] = 0;
        char *body = strstr(reply, "\r\n\r\n"), *size = strcasestr(reply, "content-length:");
        if (body && size && have >= (int)(body + 4 - reply) + atoi(size + 15)) return atoi(reply + 9);
    }
    return 0;
}

static int form(char *request, size_t size, const char *body) {
    return snprintf(request, size, "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static void honest(int first, const char *password) {
    int all = (int)(seconds * 50), taken = 0;
    double *times = calloc((size_t)all + 1, sizeof *times);
    SSL *ssl = handshake(dial(0));
    begun = now();
    for (int count = 0; count < all; count++) {
        char body[300], request[600];
        snprintf(body, sizeof body, "login=honest&password=%s&to=7916%07d&text=x%d", password, (first + count) % 10000000, first + count);
        double due = begun + count / 50.0;
        wait_until(due);
        int status = ask(ssl, request, form(request, sizeof request, body));
        atomic_fetch_add(&statuses[status], 1);
        if (status == 200) times[taken++] = (now() - due) * 1000;
    }
    hang_up(ssl);
    qsort(times, (size_t)taken, sizeof *times, compare);
    printf("{\"p50\": %.3f, \"p99\": %.3f, ", taken ? times[taken / 2] : -1, taken ? times[(int)(taken * 0.99)] : -1);
}

// A stranger: takes its turns among the requests of all of them.
static void *stranger(void *argument) {
    int place = (int)(long)argument, closes = strcmp(kind, "closing") == 0, keeps = strcmp(kind, "kept") == 0 || strcmp(kind, "asking") == 0;
    int asks = strcmp(kind, "handshakes") == 0 || strcmp(kind, "asking") == 0;
    double every = closes ? 5000.0 : rate;
    SSL *kept[addresses / threads] = {0};
    for (int turn = 0;; turn++) {
        int count = turn * threads + place, number = count % addresses;
        double due = begun + count / every;
        if (due > begun + seconds) break;
        if (due < now() - 1) continue;
        wait_until(due);
        if (closes) {
            int one = dial(number);
            atomic_fetch_add(&statuses[one >= 0], 1);
            if (one >= 0) close(one);
            continue;
        }
        char body[300], request[600];
        int round = count / addresses, length;
        SSL **own = &kept[number / threads];
        if (asks) {
            length = snprintf(request, sizeof request, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        } else {
            const char *login = round % 2 ? "honest" : "nobody";
            snprintf(body, sizeof body, "login=%s%s&password=wrong%dx%d&to=79161234567&text=x", login, round % 2 ? "" : "x", round, number);
            length = form(request, sizeof request, body);
        }
        SSL *ssl = keeps && *own ? *own : handshake(dial(number));
        int status = ask(ssl, request, length);
        atomic_fetch_add(&statuses[status], 1);
        if (keeps && status) *own = ssl;
        else { hang_up(ssl); *own = NULL; }
    }
    return NULL;
}

static void idle(int count) {
    for (int number = 0; number < count; number++) atomic_fetch_add(&statuses[dial(number) >= 0], 1);
    printf("there\n");
    fflush(stdout);
    sleep((unsigned)seconds);
}

int main(int count, char **arguments) {
    if (count < 5) return 64;
    kind = arguments[1];
    port = atoi(arguments[2]);
    seconds = atof(arguments[3]);
    signal(SIGPIPE, SIG_IGN);
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (strcmp(kind, "honest") == 0) {
        honest(atoi(arguments[4]), arguments[5]);
    } else if (strcmp(kind, "idle") == 0) {
        net = atoi(arguments[4]);
        idle(atoi(arguments[5]));
        printf("{");
    } else {
        net = atoi(arguments[4]);
        nice(17);
        begun = now() + 0.2;
        pthread_t all[threads];
        for (long place = 0; place < threads; place++) pthread_create(&all[place], NULL, stranger, (void *)place);
        for (int place = 0; place < threads; place++) pthread_join(all[place], NULL);
        printf("{");
    }
    printf("\"statuses\": {");
    const char *comma = "";
    for (int status = 0; status < 600; status++) {
        if (!statuses[status]) continue;
        printf("%s\"%d\": %d", comma, status, statuses[status]);
        comma = ", ";
    }
    printf("}}\n");
}
