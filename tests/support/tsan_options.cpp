// Compiled into every program of the preset tsan: a race ends the program that has it, also where
// a test starts that program with an environment of its own. Weak, because a library that the
// program is made of may bring it, too.
extern "C" __attribute__((weak)) const char*
__tsan_default_options() { // NOLINT(bugprone-reserved-identifier)
    return "halt_on_error=1:second_deadlock_stack=1";
}
