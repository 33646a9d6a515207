#include "load/conn.h"

static void link_between(struct mb_conn_list *list, struct mb_conn *conn,
                         struct mb_conn *prev, struct mb_conn *next)
{
    conn->list = list;
    conn->prev = prev;
    conn->next = next;
    if (prev != NULL) {
        prev->next = conn;
    } else {
        list->first = conn;
    }
    if (next != NULL) {
        next->prev = conn;
    } else {
        list->last = conn;
    }
}

void mb_conn_list_append(struct mb_conn_list *list, struct mb_conn *conn)
{
    link_between(list, conn, list->last, NULL);
}

void mb_conn_list_insert(struct mb_conn_list *list, struct mb_conn *conn)
{
    struct mb_conn *before = list->last;
    while (before != NULL && before->deadline_ns > conn->deadline_ns) {
        before = before->prev;
    }
    link_between(list, conn, before, before != NULL ? before->next : list->first);
}

void mb_conn_list_remove(struct mb_conn *conn)
{
    struct mb_conn_list *list = conn->list;
    if (list == NULL) {
        return;
    }
    if (conn->prev != NULL) {
        conn->prev->next = conn->next;
    } else {
        list->first = conn->next;
    }
    if (conn->next != NULL) {
        conn->next->prev = conn->prev;
    } else {
        list->last = conn->prev;
    }
    conn->list = NULL;
    conn->prev = NULL;
    conn->next = NULL;
}
