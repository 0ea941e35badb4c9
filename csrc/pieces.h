/* What a page is cut into: what hashmatch/hashing/cutting.py does in NumPy, with the same bits. */
#ifndef HASHMATCH_PIECES_H
#define HASHMATCH_PIECES_H

#include "lines.h"

enum { UNKNOWN = -1 };

/* A rectangle that waits to be cut: top, bottom, left, right; how often it was cut, the level of what
 * lies around it, and the level that it is cut at where it can be. */
typedef struct {
    int64_t where[4], depth, ground, kept;
} page;

typedef struct {
    page *pages;
    int64_t first, count, room;
} waiting_pages;

/* Lines of one direction: whether each has one colour, and which. */
typedef struct {
    const uint8_t *plain;
    const int16_t *levels;
    int64_t count;
} direction;

/* Lines of one colour beside each other: the first, the one behind the last, their level. */
typedef struct {
    int64_t start, end, level;
} gap;

static int is_near(int64_t one, int64_t other, int64_t most) { return llabs(one - other) <= most; }

/* How many lines at the beginning have the colour of the first one; seen from the other end. */
static int64_t border_of(direction of, int is_reversed, int64_t most) {
    int64_t count = 0, first = is_reversed ? of.count - 1 : 0, step = is_reversed ? -1 : 1;
    while (count < of.count && of.plain[first + count * step] &&
           is_near(of.levels[first + count * step], of.levels[first], most))
        count++;
    return count;
}

/* Lines behind each other, from one on, that have nearly the colour of the first. */
static gap stretch_from(direction of, int64_t start, int64_t most) {
    int64_t end = start;
    while (end < of.count && of.plain[end] && is_near(of.levels[end], of.levels[start], most))
        end++;
    return (gap){start, end, of.levels[start]};
}

/* The longest stretch of each run of lines of one colour. */
static int64_t gaps_of(direction of, int64_t most, gap *found) {
    int64_t count = 0, is_run = 0;
    for (int64_t at = 0; at < of.count;) {
        gap next = stretch_from(of, at, most);
        if (next.end == at) {
            is_run = 0;
            at++;
            continue;
        }
        if (!is_run)
            found[count++] = next;
        else if (next.end - next.start > found[count - 1].end - found[count - 1].start)
            found[count - 1] = next;
        is_run = 1;
        at = next.end;
    }
    return count;
}

/* Whether a line that is beside a gap has not its colour, nor one between both. */
static int is_apart(direction of, int64_t line, int64_t level, int64_t most) {
    return !of.plain[line] || !is_near(of.levels[line], level, 2 * most);
}

/* The stretches that have another colour than a level, and than what lies on both sides of them. */
static int64_t gaps_between(direction of, int64_t level, int64_t most, gap *found) {
    int64_t count = 0;
    for (int64_t at = 0; at < of.count;) {
        gap next = stretch_from(of, at, most);
        at = next.end > at ? next.end : at + 1;
        if (next.end == next.start || next.start == 0 || next.end == of.count)
            continue;
        if (level != UNKNOWN && is_near(next.level, level, most))
            continue;
        if (is_apart(of, next.start - 1, next.level, most) &&
            is_apart(of, next.end, next.level, most))
            found[count++] = next;
    }
    return count;
}

/* How many gaps have nearly a level, and how wide the widest of them is. */
static int64_t count_alike(const gap *gaps, int64_t count, int64_t level, int64_t most,
                           int64_t *widest) {
    int64_t found = 0;
    *widest = 0;
    for (int64_t at = 0; at < count; at++)
        if (is_near(gaps[at].level, level, most)) {
            int64_t width = gaps[at].end - gaps[at].start;
            *widest = width > *widest ? width : *widest;
            found++;
        }
    return found;
}

/* The gaps that have the colour of most, or that is kept if any has, but for those that are narrow for
 * the widest; these go to the beginning. The widest is told. */
static int64_t keep_ground(gap *gaps, int64_t count, int64_t most, double narrow, int64_t kept_level,
                           int64_t *widest) {
    int64_t level = kept_level, best = 0, kept = 0, width, first = -2 * most;
    *widest = 0;
    if (kept_level != UNKNOWN)
        best = count_alike(gaps, count, kept_level, most, widest);
    for (int64_t at = 0; at < count && !(best && level == kept_level); at++) {
        /* The first of those that are alike stands for them. */
        if (is_near(gaps[at].level, first, most))
            continue;
        int64_t alike = count_alike(gaps, count, gaps[at].level, most, &width);
        if (alike > best || (alike == best && width > *widest)) {
            best = alike;
            *widest = width;
            level = gaps[at].level;
            for (int64_t each = count; each-- > 0;)
                first = is_near(gaps[each].level, level, most) ? gaps[each].level : first;
        }
    }
    for (int64_t at = 0; at < count; at++) {
        double wide = (double)(gaps[at].end - gaps[at].start);
        if (best && is_near(gaps[at].level, level, most) && wide >= narrow * (double)*widest)
            gaps[kept++] = gaps[at];
    }
    return kept;
}

/* The place for one more page; NULL where there is no memory. */
static page *more(waiting_pages *of) {
    if (of->count == of->room) {
        int64_t room = 2 * of->room + 16;
        page *longer = realloc(of->pages, (size_t)room * sizeof *longer);
        if (!longer)
            return NULL;
        of->pages = longer;
        of->room = room;
    }
    return of->pages + of->count++;
}

/* The parts of a page between gaps along an axis wait; how many there are, none instead of one; -1
 * where there is no memory. */
static int64_t cut_between(const gap *gaps, int64_t count, const page *of, int axis, waiting_pages *waiting) {
    int64_t start = 0, length = of->where[2 * axis + 1] - of->where[2 * axis], found = 0;
    for (int64_t at = 0; at <= count; at++) {
        int64_t end = at < count ? gaps[at].start : length;
        if (end > start) {
            page *part = more(waiting);
            if (!part)
                return -1;
            *part = *of;
            part->where[2 * axis] = of->where[2 * axis] + start;
            part->where[2 * axis + 1] = of->where[2 * axis] + end;
            found++;
        }
        start = at < count ? gaps[at].end : length;
    }
    if (found == 1)
        waiting->count--;
    return found > 1 ? found : 0;
}

/* Cut a page between gaps of both directions, along the axis that has the widest: its parts wait
 * behind the others. How many there are; the level of what lies between them. */
static int64_t cut(const page *of, gap *const *both, int64_t *counts, const hm_cutting *how,
                   double narrow, int64_t kept, waiting_pages *waiting, int64_t *level) {
    int64_t widest[2];
    for (int axis = 0; axis < 2; axis++)
        counts[axis] =
            keep_ground(both[axis], counts[axis], how->levels, narrow, kept, widest + axis);
    int axis = widest[0] < widest[1];
    int64_t found = cut_between(both[axis], counts[axis], of, axis, waiting);
    *level = found > 0 ? both[axis][0].level : UNKNOWN;
    return found;
}

/* Whether there is a level, and it is that of the ground, if that is known. */
static int goes_on(int64_t level, int64_t ground, int64_t most) {
    return level != UNKNOWN && (ground == UNKNOWN || is_near(level, ground, most));
}

/* Room for lines and gaps of both directions of a picture. */
typedef struct {
    uint8_t *plain;
    int16_t *levels;
    gap *gaps;
} bench;

/* The border that is taken off a page next, the widest of four telling its level. */
static int64_t take_border(const direction *both, int64_t most, page *of) {
    int64_t taken[4], level = UNKNOWN, widest = 0;
    for (int side = 0; side < 4; side++) {
        direction own = both[side / 2];
        taken[side] = border_of(own, side % 2, most);
        if (taken[side] > widest) {
            widest = taken[side];
            level = own.levels[side % 2 ? own.count - 1 : 0];
        }
    }
    for (int side = 0; side < 4; side++)
        of->where[side] += side % 2 ? -taken[side] : taken[side];
    return level;
}

/* What is cut out of a page, so often: it waits with the level of what lies between, and with that
 * which it is cut at again; what is too small does not. */
static void keep_large(waiting_pages *waiting, int64_t from, int64_t level, int64_t kept,
                       int64_t least) {
    int64_t count = from;
    for (int64_t at = from; at < waiting->count; at++) {
        page part = waiting->pages[at];
        part.depth++;
        part.ground = level;
        part.kept = kept;
        if (smaller(part.where[1] - part.where[0], part.where[3] - part.where[2]) >= least)
            waiting->pages[count++] = part;
    }
    waiting->count = count;
}

/* What a page is cut into: parts that wait, how many, and the level of what lies between them. */
typedef struct {
    waiting_pages *waiting;
    int64_t from, parts, level;
} cuts;

/* Cut a page between its gaps, in place of what it was cut into before; and between those of another
 * colour, if that is asked for. Whether there was memory. */
static int cut_both(const page *of, const direction *lines_of, const hm_cutting *how, double narrow,
                    gap *room, int64_t border, cuts *own, cuts *other) {
    gap *both[2] = {room, room + lines_of[0].count};
    int64_t counts[2];
    if (of->depth < how->depth) {
        for (int axis = 0; axis < 2; axis++)
            counts[axis] = gaps_of(lines_of[axis], how->levels, both[axis]);
        own->waiting->count = own->from;
        own->parts = cut(of, both, counts, how, narrow, of->kept, own->waiting, &own->level);
    }
    if (of->depth == 0 && other->parts == 0) {
        int64_t level = own->parts > 0 ? own->level : border;
        for (int axis = 0; axis < 2; axis++)
            counts[axis] = gaps_between(lines_of[axis], level, how->levels, both[axis]);
        other->parts = cut(of, both, counts, how, narrow, UNKNOWN, other->waiting, &other->level);
    }
    return own->parts >= 0 && other->parts >= 0;
}

/* A page and what lies within its borders: pieces of six numbers, the rectangle, whether it could
 * not be cut, whether it has the ground of what lies around it. What the last of them was cut into
 * waits, in two ways. How many there are; -1 where there is no memory. */
static int64_t peel(const hm_luma *luma, page of, const hm_cutting *how, const double *shares,
                    bench room, int64_t most, int64_t *left, cuts *own, cuts *other,
                    int64_t *found) {
    int64_t count = 0;
    for (int64_t each = 0; each < how->borders && count < most; each++) {
        int64_t tall = of.where[1] - of.where[0], wide = of.where[3] - of.where[2];
        if (smaller(tall, wide) < how->samples)
            break;
        direction both[2] = {{room.plain, room.levels, tall},
                             {room.plain + tall, room.levels + tall, wide}};
        lines(luma, of.where, 0, how->samples, (int)how->levels, shares, room.plain, room.levels);
        lines(luma, of.where, 1, how->samples, (int)how->levels, shares, room.plain + tall,
              room.levels + tall);
        *left -= tall * wide;
        if (smaller(tall, wide) < how->least || *left < 0)
            break;
        page here = of;
        int64_t border = take_border(both, how->levels, &of);
        if (!cut_both(&here, both, how, shares[3], room.gaps, border, own, other))
            return -1;
        int64_t *piece = found + 6 * count++;
        memcpy(piece, here.where, sizeof here.where);
        piece[4] = !own->parts;
        piece[5] = goes_on(border, of.ground, how->levels) ||
                   (own->parts && goes_on(own->level, of.ground, how->levels));
        if (border == UNKNOWN)
            break;
        of.ground = border;
    }
    return count;
}

/* The same of the next page that waits; its parts wait behind all others. */
static int64_t peel_next(const hm_luma *luma, const hm_cutting *how, const double *shares,
                         bench room, int64_t most, int64_t *left, waiting_pages *waiting,
                         int64_t *found) {
    page next = waiting->pages[waiting->first++];
    waiting_pages others = {NULL, 0, 0, 0};
    cuts own = {waiting, waiting->count, 0, next.ground}, other = {&others, 0, 0, next.ground};
    int64_t count = peel(luma, next, how, shares, room, most, left, &own, &other, found);
    keep_large(waiting, own.from, own.level, next.kept, how->least);
    keep_large(&others, 0, other.level, other.level, how->least);
    for (int64_t at = 0; at < others.count && count >= 0; at++) {
        page *part = more(waiting);
        if (part)
            *part = others.pages[at];
        else
            count = -1;
    }
    free(others.pages);
    return count;
}

/* What a page is cut into, `most` pieces at most, of six numbers each; the page itself first, the
 * larger before the smaller. */
static int pieces(const hm_luma *luma, const hm_cutting *how, const double *shares, int64_t most,
                  int64_t *found, int64_t *count) {
    size_t lines_of = (size_t)(luma->rows + luma->columns);
    int64_t left = luma->rows * luma->columns * how->looks, more_of = 0;
    waiting_pages waiting = {NULL, 0, 0, 0};
    page *whole = more(&waiting);
    bench room = {NULL, NULL, malloc(lines_of * (sizeof(gap) + sizeof(int16_t) + 1))};
    *count = 0;
    if (whole && room.gaps) {
        room.levels = (int16_t *)(void *)(room.gaps + lines_of);
        room.plain = (uint8_t *)(room.levels + lines_of);
        *whole = (page){{0, luma->rows, 0, luma->columns}, 0, UNKNOWN, UNKNOWN};
        for (; waiting.first < waiting.count && left > 0 && *count < most; *count += more_of) {
            more_of = peel_next(luma, how, shares, room, most - *count, &left, &waiting,
                                found + 6 * *count);
            if (more_of < 0)
                break;
        }
    }
    int is_short = !whole || !room.gaps || more_of < 0;
    free(waiting.pages);
    free(room.gaps);
    return is_short ? HM_NO_MEMORY : HM_OK;
}

#endif
