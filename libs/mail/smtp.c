/* smtp.c: the way out by SMTP. libcurl speaks it, and doubles the dots at the beginning of lines. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "mail/internal.h"

enum { CONNECT_TIMEOUT_MS = 5000, TIMEOUT_MS = 30000, URL_MAX = 600 };

struct smtp {
    struct mail_sender sender;
    CURL *curl;
    char url[URL_MAX];
    char *user, *password, *ca_file;
    enum mail_tls tls;
    long timeout_ms;
};

struct reading {
    const char *bytes;
    size_t left;
};

static size_t on_read(char *buffer, size_t size, size_t count, void *user)
{
    struct reading *reading = user;
    size_t length = size * count;
    if (length > reading->left)
        length = reading->left;
    memcpy(buffer, reading->bytes, length);
    reading->bytes += length;
    reading->left -= length;
    return length;
}

static void prepare(struct smtp *smtp, const char *from, struct curl_slist *to,
                    struct reading *reading)
{
    CURL *curl = smtp->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, smtp->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(smtp->tls == MAIL_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (smtp->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, smtp->ca_file);
    if (smtp->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, reading);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)reading->left);
}

/* Whether the peer said that this letter will never be taken. What concerns our own standing with
 * the peer (530, 535: authentication; 421) is put right by somebody, and then it is taken. */
static bool is_final(CURLcode code, long reply)
{
    if (code == CURLE_LOGIN_DENIED)
        return false;
    return reply == 501 || reply == 521 || (reply >= 550 && reply <= 559 && reply != 552);
}

/* curl's own story may quote the peer, and the peer the recipient: only codes are told. */
static bool failed(struct smtp *smtp, CURLcode code, struct err *err)
{
    long reply = 0;
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return err_set(err, ERR_CONFIG, "%s: %s", smtp->url, curl_easy_strerror(code));
    return err_set(err, is_final(code, reply) ? ERR_INVALID : ERR_PEER_UNAVAILABLE,
                   "%s: %s, reply %ld", smtp->url, curl_easy_strerror(code), reply);
}

static bool smtp_send(struct mail_sender *sender, const struct mail *mail,
                      const struct str *message, struct err *err)
{
    struct smtp *smtp = (struct smtp *)sender;
    struct reading reading = {str_data(message), message->length};
    char from[MAIL_ADDRESS_MAX + 3], to[MAIL_ADDRESS_MAX + 3];
    snprintf(from, sizeof(from), "<%s>", mail->from.email);
    snprintf(to, sizeof(to), "<%s>", mail->to.email);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    if (!recipients)
        return err_set(err, ERR_INTERNAL, "smtp: no memory");
    prepare(smtp, from, recipients, &reading);
    CURLcode code = curl_easy_perform(smtp->curl);
    bool sent = code == CURLE_OK || failed(smtp, code, err);
    /* curl keeps a pointer to the list until the next reset. */
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    return sent;
}

static void smtp_free(struct mail_sender *sender)
{
    struct smtp *smtp = (struct smtp *)sender;
    if (smtp->curl)
        curl_easy_cleanup(smtp->curl);
    if (smtp->password)
        explicit_bzero(smtp->password, strlen(smtp->password));
    free(smtp->user);
    free(smtp->password);
    free(smtp->ca_file);
    free(smtp);
}

static bool is_given(const char *text)
{
    return text && text[0];
}

static bool fill(struct smtp *smtp, const struct mail_smtp *from)
{
    const char *hello = is_given(from->hello) ? from->hello : "localhost";
    int length =
        snprintf(smtp->url, sizeof(smtp->url), "%s://%s:%u/%s",
                 from->tls == MAIL_TLS_IMPLICIT ? "smtps" : "smtp", from->host, from->port, hello);
    smtp->tls = from->tls;
    smtp->timeout_ms = from->timeout_ms > 0 ? from->timeout_ms : TIMEOUT_MS;
    smtp->curl = curl_easy_init();
    if (is_given(from->ca_file) && !(smtp->ca_file = strdup(from->ca_file)))
        return false;
    if (is_given(from->user)) {
        smtp->user = strdup(from->user);
        smtp->password = strdup(from->password ? from->password : "");
        if (!smtp->user || !smtp->password)
            return false;
    }
    return smtp->curl && length > 0 && (size_t)length < sizeof(smtp->url);
}

bool mail_smtp_open(const struct mail_smtp *from, struct mail_sender **ret_sender, struct err *err)
{
    struct smtp *smtp = calloc(1, sizeof(*smtp));
    if (!smtp)
        return err_set(err, ERR_INTERNAL, "smtp: no memory");
    smtp->sender = (struct mail_sender){smtp_send, smtp_free};
    if (!fill(smtp, from)) {
        smtp_free(&smtp->sender);
        return err_set(err, ERR_INTERNAL, "smtp: no memory, or a name that is too long");
    }
    *ret_sender = &smtp->sender;
    return true;
}
