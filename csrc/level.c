/* All kernels, compiled once for each instruction set: tools/build_native.py names HM_LEVEL, and
 * library.c chooses. All is static: no other level can call what this processor lacks. */
#include "areas.h"
#include "cells.h"
#include "chain.h"
#include "covers.h"
#include "fill.h"
#include "grounds.h"
#include "join.h"
#include "parts.h"
#include "pdq.h"
#include "pieces.h"
#include "probe.h"
#include "ranks.h"
#include "seams.h"
#include "slants.h"
#include "things.h"
#include "turned.h"

#define NAMED(level) hm_level_##level
#define TABLE(level) NAMED(level)
#define TEXT(name) #name
#define NAME(level) TEXT(level)

extern const hm_level TABLE(HM_LEVEL);
const hm_level TABLE(HM_LEVEL) = {
    .name = NAME(HM_LEVEL),
    .probe = probe,
    .join = join,
    .ranges = ranges,
    .fill = fill,
    .chain = chain,
    .turns = turns,
    .finish = finish,
    .qualities = qualities,
    .codes = codes,
    .blocks = blocks,
    .sums = sums,
    .means = means,
    .small = small,
    .turned_codes = turned_codes,
    .part_qualities = part_qualities,
    .corner_runs = corner_runs,
    .pieces = pieces,
    .blobs = blobs,
    .quad = quad,
    .ground = ground,
    .away = away,
    .sharpen = sharpen,
    .front = front,
    .readings = readings,
    .steps = steps,
    .detail = detail,
    .rectangles = rectangles,
    .slants = slants,
    .flat_parts = flat_parts,
    .area_of_level = area_of_level,
    .fill_areas = fill_areas,
    .uncovered = uncovered,
    .enclosed = enclosed,
};
