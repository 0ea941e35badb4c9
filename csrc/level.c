/* All kernels, compiled once for each instruction set: tools/build_native.py names HM_LEVEL, and
 * library.c chooses. All is static: no other level can call what this processor lacks. */
#include "chain.h"
#include "fill.h"
#include "join.h"
#include "pdq.h"
#include "probe.h"

#define NAMED(level) hm_level_##level
#define TABLE(level) NAMED(level)
#define TEXT(name) #name
#define NAME(level) TEXT(level)

extern const hm_level TABLE(HM_LEVEL);
const hm_level TABLE(HM_LEVEL) = {NAME(HM_LEVEL), probe, join,  ranges, fill,
                                  chain,           turns, finish};
