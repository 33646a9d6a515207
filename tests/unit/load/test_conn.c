#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/conn.h"

static void in_order(const struct mb_conn_list *list, const int64_t *deadlines,
                     size_t count)
{
    const struct mb_conn *conn = list->first;
    const struct mb_conn *last = NULL;
    for (size_t i = 0; i < count; i++) {
        assert_non_null(conn);
        assert_int_equal(conn->deadline_ns, deadlines[i]);
        assert_ptr_equal(conn->prev, last);
        assert_ptr_equal(conn->list, list);
        last = conn;
        conn = conn->next;
    }
    assert_null(conn);
    assert_ptr_equal(list->last, last);
}

static void inserts_by_deadline(void **unused)
{
    (void)unused;
    struct mb_conn conns[6] = {{0}};
    struct mb_conn_list list = {0};
    static const int64_t given[] = {30, 10, 20, 20, 40, 5};
    static const int64_t sorted[] = {5, 10, 20, 20, 30, 40};
    for (size_t i = 0; i < 6; i++) {
        conns[i].deadline_ns = given[i];
        mb_conn_list_insert(&list, &conns[i]);
    }
    in_order(&list, sorted, 6);
    assert_ptr_equal(list.first->next->next, &conns[2]); // equal ones keep their order
}

static void removes_from_any_place(void **unused)
{
    (void)unused;
    struct mb_conn conns[4] = {{0}};
    struct mb_conn_list list = {0};
    for (int i = 0; i < 4; i++) {
        conns[i].deadline_ns = i;
        mb_conn_list_append(&list, &conns[i]);
    }
    mb_conn_list_remove(&conns[1]);
    mb_conn_list_remove(&conns[1]); // in no list: nothing happens
    in_order(&list, (const int64_t[]){0, 2, 3}, 3);
    mb_conn_list_remove(&conns[0]);
    mb_conn_list_remove(&conns[3]);
    in_order(&list, (const int64_t[]){2}, 1);
    mb_conn_list_remove(&conns[2]);
    in_order(&list, NULL, 0);
    mb_conn_list_append(&list, &conns[0]);
    in_order(&list, (const int64_t[]){0}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inserts_by_deadline),
        cmocka_unit_test(removes_from_any_place),
    };
    return cmocka_run_group_tests_name("load/conn", tests, NULL, NULL);
}
