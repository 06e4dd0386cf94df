/* The bare floor that the loader is measured against: the same topic and table, and nothing besides. It consumes, parses the JSON of each
 * change, and upserts by a prepared INSERT … VALUES … ON CONFLICT DO UPDATE of 100 rows, four batches in flight in libpq's pipeline mode.
 * No books, no hashes, no checks, no failures: what would be left if nothing could ever go wrong.
 *
 * usage: floor TOPIC TABLE KEY COLUMNS_FILE     (a line of COLUMNS_FILE: name, tab, type; the key first)
 * environment: KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL; PARTITIONS (default 1)
 * prints: rows, seconds from the first record in hand to the last commit, CPU seconds, peak memory in kB */
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 100, DEPTH = 4, COLUMNS_MAX = 600 };

static char *names[COLUMNS_MAX], *types[COLUMNS_MAX];
static size_t name_lengths[COLUMNS_MAX];
static int columns;
static PGconn *connection;
static int in_flight;

static void die(const char *what, const char *why) {
    fprintf(stderr, "floor: %s: %s\n", what, why);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void read_columns(const char *path) {
    FILE *file = fopen(path, "r");
    char line[512];
    if (!file) die("columns", path);
    while (columns < COLUMNS_MAX && fgets(line, sizeof line, file)) {
        char *tab = strchr(line, '\t');
        if (!tab) die("columns", "expected name, tab, type");
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\n")] = 0;
        names[columns] = strdup(line);
        name_lengths[columns] = strlen(line);
        types[columns++] = strdup(tab + 1);
    }
    fclose(file);
}

static char *upsert_text(const char *table, const char *key, int rows) {
    size_t size = 64 * 1024 + (size_t)rows * columns * 48;
    char *sql = malloc(size), *end = sql;
    int parameter = 0;
    end += sprintf(end, "insert into %s (", table);
    for (int c = 0; c < columns; c++) end += sprintf(end, "%s%s", c ? "," : "", names[c]);
    end += sprintf(end, ") values ");
    for (int r = 0; r < rows; r++) {
        end += sprintf(end, "%s(", r ? "," : "");
        for (int c = 0; c < columns; c++) end += sprintf(end, "%s$%d::%s", c ? "," : "", ++parameter, types[c]);
        end += sprintf(end, ")");
    }
    end += sprintf(end, " on conflict (%s) do update set ", key);
    for (int c = 1; c < columns; c++) end += sprintf(end, "%s%s=excluded.%s", c > 1 ? "," : "", names[c], names[c]);
    return sql;
}

/* Reads answers until at most `keep` batches are under way; never waits for one direction only. */
static void drain(int keep) {
    while (in_flight > keep) {
        while (PQflush(connection) == 1 || PQisBusy(connection)) {
            struct pollfd fd = {PQsocket(connection), POLLIN | (PQflush(connection) == 1 ? POLLOUT : 0), 0};
            poll(&fd, 1, -1);
            if (!PQconsumeInput(connection)) die("postgres", PQerrorMessage(connection));
        }
        PGresult *result = PQgetResult(connection);
        if (!result) continue;
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) in_flight--;
        else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) die("postgres", PQresultErrorMessage(result));
        PQclear(result);
    }
}

/* One string or scalar at `p`, unescaped into `out` and ended by NUL; null gives a null `value`. Returns what follows it. */
static const char *value_at(const char *p, const char *end, char **out, char **value) {
    char *o = *out;
    *value = o;
    if (*p != '"') {
        if (*p == 'n') {
            *value = NULL;
            return p + 4;
        }
        while (p < end && *p != ',' && *p != '}') *o++ = *p++;
    } else {
        for (p++; p < end && *p != '"'; p++) {
            if (*p != '\\') {
                *o++ = *p;
                continue;
            }
            switch (*++p) {
            case 'n': *o++ = '\n'; break;
            case 't': *o++ = '\t'; break;
            case 'r': *o++ = '\r'; break;
            case 'u': die("record", "\\u is not expected here"); break;
            default: *o++ = *p;
            }
        }
        p++;
    }
    *o++ = 0;
    *out = o;
    return p;
}

/* The members of the object at `p`, into their columns; names come in the order of the columns, so a search is rare. */
static const char *members(const char *p, const char *end, char **out, const char **row) {
    int hint = 0;
    if (*p++ != '{') die("record", "expected an object");
    while (p < end && *p != '}') {
        const char *name = ++p;
        while (p < end && *p != '"') p++;
        size_t length = p - name;
        int c = hint;
        for (int tried = 0; tried < columns; tried++, c = (c + 1) % columns)
            if (name_lengths[c] == length && !memcmp(names[c], name, length)) break;
        hint = (c + 1) % columns;
        p += 2;
        char *value;
        p = value_at(p, end, out, &value);
        row[c] = value;
        if (*p == ',') p++;
    }
    return p + 1;
}

static void parse(const rd_kafka_message_t *message, char **out, const char **row) {
    const char *text = message->payload, *end = text + message->len;
    const char *key = memmem(text, message->len, "\"key\":", 6);
    if (!key) die("record", "has no key");
    const char *p = members(key + 6, end, out, row);
    if ((size_t)(end - p) < 10 || memcmp(p, ",\"fields\":", 10)) die("record", "has no fields");
    members(p + 10, end, out, row);
}

static rd_kafka_t *kafka;
static const char *topic;

/* librdkafka before 2.2 sleeps up to a second on a full local queue; any request to the leader wakes it. */
static void *poke(void *unused) {
    for (int64_t low, high;; usleep(20000)) rd_kafka_query_watermark_offsets(kafka, topic, 0, &low, &high, 2000);
    return unused;
}

static void subscribe(int partitions) {
    char problem[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const char *settings[][2] = {{"bootstrap.servers", getenv("KAFKA_BOOTSTRAP_SERVERS")}, {"group.id", "floor"}, {"enable.auto.commit", "false"},
                                 {"enable.partition.eof", "true"}, {"queued.max.messages.kbytes", "16384"}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], problem, sizeof problem) != RD_KAFKA_CONF_OK) die("kafka", problem);
    kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, problem, sizeof problem);
    if (!kafka) die("kafka", problem);
    rd_kafka_poll_set_consumer(kafka);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++) rd_kafka_topic_partition_list_add(list, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(kafka, list);
    pthread_t thread;
    pthread_create(&thread, NULL, poke, NULL);
}

static void send_batch(rd_kafka_message_t **batch, int rows, const char *table, const char *key) {
    static const char *parameters[BATCH * COLUMNS_MAX];
    static char *arena;
    static size_t capacity;
    static int prepared[BATCH + 1];
    size_t needed = 0;
    for (int r = 0; r < rows; r++) needed += batch[r]->len + 64;
    if (needed > capacity) arena = realloc(arena, capacity = needed * 2);
    char *out = arena, name[16];
    memset(parameters, 0, sizeof *parameters * rows * columns);
    for (int r = 0; r < rows; r++) parse(batch[r], &out, parameters + r * columns);
    sprintf(name, "u%d", rows);
    if (!prepared[rows]) {
        drain(0);
        PQexitPipelineMode(connection);
        char *sql = upsert_text(table, key, rows);
        PGresult *result = PQprepare(connection, name, sql, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) die("prepare", PQerrorMessage(connection));
        PQclear(result);
        free(sql);
        PQenterPipelineMode(connection);
        prepared[rows] = 1;
    }
    drain(DEPTH - 1);
    if (!PQsendQueryPrepared(connection, name, rows * columns, parameters, NULL, NULL, 0)) die("send", PQerrorMessage(connection));
    PQpipelineSync(connection);
    in_flight++;
    for (int r = 0; r < rows; r++) rd_kafka_message_destroy(batch[r]);
}

int main(int count, char **arguments) {
    if (count != 5) die("usage", "floor TOPIC TABLE KEY COLUMNS_FILE");
    topic = arguments[1];
    const char *table = arguments[2], *key = arguments[3];
    int partitions = getenv("PARTITIONS") ? atoi(getenv("PARTITIONS")) : 1, ended = 0, rows = 0;
    long total = 0;
    double start = 0;
    read_columns(arguments[4]);
    connection = PQconnectdb(getenv("DATABASE_URL"));
    if (PQstatus(connection) != CONNECTION_OK) die("postgres", PQerrorMessage(connection));
    PQsetnonblocking(connection, 1);
    PQenterPipelineMode(connection);
    subscribe(partitions);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(kafka);
    rd_kafka_message_t *got[512], *batch[BATCH];
    while (ended < partitions) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, 50, got, 512);
        if (n > 0 && start == 0) start = now();
        for (ssize_t i = 0; i < n; i++) {
            if (got[i]->err) {
                if (got[i]->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) die("kafka", rd_kafka_message_errstr(got[i]));
                ended++;
                rd_kafka_message_destroy(got[i]);
                continue;
            }
            batch[rows++] = got[i];
            if (rows == BATCH) {
                send_batch(batch, rows, table, key);
                total += rows;
                rows = 0;
            }
        }
    }
    if (rows) {
        send_batch(batch, rows, table, key);
        total += rows;
    }
    drain(0);
    double seconds = now() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("%ld %.3f %.3f %ld\n", total, seconds, cpu, usage.ru_maxrss);
    fflush(stdout);
    _exit(0); /* Closing the consumer would wait for the poking thread. */
}
