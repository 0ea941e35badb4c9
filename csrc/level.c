/* All kernels, compiled once for each instruction set: tools/build_native.py names HM_LEVEL, and
 * library.c chooses. All is static: no other level can call what this processor lacks. */
#include "cells.h"
#include "chain.h"
#include "covers.h"
#include "fill.h"
#include "join.h"
#include "lines.h"
#include "pdq.h"
#include "probe.h"
#include "ranks.h"
#include "things.h"

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
    .lines = lines,
    .blobs = blobs,
    .quad = quad,
    .front = front,
    .uncovered = uncovered,
    .enclosed = enclosed,
};
