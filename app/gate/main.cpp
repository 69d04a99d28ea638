// tau-gate: what a login to tau-localnet's git host runs, and the hook after a push. A program of
// its own because it starts with each of them: without the libraries of a whole network it is there
// in a fifth of the time.
#include "app/gate/gate.h"

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string first = arguments.empty() ? "" : arguments[0];
    if (first == "gate" && (arguments.size() == 3 || arguments.size() == 4)) {
        return tau::gate::run_gate(arguments[1], arguments.size() == 4 ? arguments[3] : "");
    }
    if (first == "post-receive") {
        return tau::gate::run_post_receive();
    }
    std::cerr << "tau-gate is started by the git host of tau-localnet.\n";
    return 2;
}
