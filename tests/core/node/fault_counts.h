#pragma once

#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace tau::test {

/// How often to do a thing: "name=NUMBER" on the program's command line, or the standard.
inline int times(const std::string& name, int standard) {
    std::ifstream in("/proc/self/cmdline", std::ios::binary);
    for (std::string argument; std::getline(in, argument, '\0');) {
        if (argument.starts_with(name + "=")) {
            int number = standard;
            const char* const end = argument.data() + argument.size();
            std::from_chars(argument.data() + name.size() + 1, end, number);
            return number;
        }
    }
    return standard;
}

} // namespace tau::test
