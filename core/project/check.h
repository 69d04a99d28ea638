#pragma once

#include "core/project/code_strings.h"
#include "core/project/problem.h"

#include <memory>

namespace tau::project {

struct CheckOptions {
    /// The id by which the cloud knows the project; empty when it is not known.
    std::string registered_id{};
    /// The cloud's suffix for domains that it gives away ("g.tau.link"); empty when it is not
    /// known: then nothing is said of domains that the cloud would look up.
    std::string generated_suffix{};
    /// The code repository, when it is at hand.
    std::shared_ptr<const CodeStrings> code{};
};

/// Checks a project as the cloud's strict compiler does, but says everything at once. Remembers
/// what it found in each file, so that checking again after one change takes a few milliseconds
/// among 10,000 resources.
class Checker {
public:
    explicit Checker(CheckOptions options = {});
    ~Checker();
    Checker(Checker&&) noexcept;
    Checker& operator=(Checker&&) noexcept;

    /// Says what is to be said of the store as it is now; looks into those files only that came or
    /// changed since the last time.
    void check(const Store& store);

    /// Other options, and what they mean for what was found.
    void use(const Store& store, CheckOptions options);
    const CheckOptions& options() const;

    /// In the compiler's order: what it finds while it reads files, then what it finds between
    /// them. The first error is the one with which the cloud refuses the project.
    const std::vector<Problem>& problems() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// All of it once, for those who do not go on editing; the order is Checker's.
std::vector<Problem> check(const Store& store, const CheckOptions& options = {});

/// The error that the cloud would stop at; nullptr when it takes the project.
const Problem* first_error(const std::vector<Problem>& problems);

} // namespace tau::project
