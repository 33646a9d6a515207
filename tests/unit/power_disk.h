// A disk in memory for SQLite, whose power can be lost: what was not synced by then is
// dropped, or kept in part, as a drive does that has a cache. Also a disk that is full,
// and one on which a single operation fails. One connection at a time.
//
//     struct power_disk *disk = power_disk_new("disk");
//     mb_store_open("s.db", &(struct mb_store_options){.vfs = "disk", ...}, ...);
//     ...
//     struct power_disk *after = power_disk_after_loss(disk, "after", NULL);
#ifndef MB_TESTS_POWER_DISK_H
#define MB_TESTS_POWER_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rng.h"

struct power_disk;

// Registers it as a file system layer of this name, empty.
struct power_disk *power_disk_new(const char *name);
void power_disk_free(struct power_disk *disk);

// The disk as it is found after the power was lost now. Without `rng` nothing is there
// that was not synced; with it, each unsynced sector, truncation and removal has happened
// or not, as it falls.
struct power_disk *power_disk_after_loss(const struct power_disk *disk, const char *name,
                                         struct mb_rng *rng);

// The nth operation that changes something (from 1, counted from now on), and everything
// after it, fails: write, truncation, sync, removal.
void power_disk_stop(struct power_disk *disk, size_t nth);

// The nth operation that changes something (from 1, counted from now on) fails, once.
void power_disk_fail(struct power_disk *disk, size_t nth);

// All files together may have so many bytes; 0: no limit.
void power_disk_limit(struct power_disk *disk, size_t bytes);

// How many operations there were since the last of the three calls above; how many of
// them were syncs; and whether the one that was to stop or fail has happened.
size_t power_disk_operations(const struct power_disk *disk);
size_t power_disk_syncs(const struct power_disk *disk);
bool power_disk_happened(const struct power_disk *disk);

// Bytes of all files together.
size_t power_disk_size(const struct power_disk *disk);

#endif
