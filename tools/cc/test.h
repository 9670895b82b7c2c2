// The headers that most tests of Ovenbird include, for precompilation.
#ifndef OVENBIRD_TOOLS_CC_TEST_H_
#define OVENBIRD_TOOLS_CC_TEST_H_

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/cc/library.h"

#endif  // OVENBIRD_TOOLS_CC_TEST_H_
