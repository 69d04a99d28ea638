#include "core/flow/runner.h"

#include "core/flow/mailbox.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace tau::flow {

namespace {

using SteadyClock = std::chrono::steady_clock;

std::chrono::milliseconds since(SteadyClock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

Error stopped() {
    return Error{ErrorCode::cancelled,
                 "The change was stopped; what is done stays done.",
                 "Resume it, or undo what was made.",
                 {}};
}

Facts outcome_facts(const Outcome& outcome, std::chrono::milliseconds elapsed) {
    Facts facts = outcome.facts;
    facts["sentence"] = outcome.sentence;
    facts["link"] = outcome.link;
    facts["ms"] = std::to_string(elapsed.count());
    return facts;
}

} // namespace

Runner::Runner(std::vector<Step> steps, Journal::Hook hook)
    : steps_(std::move(steps)), progress_(steps_.size()), hook_(std::move(hook)) {
    for (const Step& step : steps_) {
        StepView view;
        view.id = step.id;
        view.sentence = step.plan;
        views_.push_back(std::move(view));
    }
}

StepCall Runner::call(std::size_t index, std::stop_token stop) const {
    const Progress& progress = progress_[index];
    return StepCall{std::move(stop), progress.mark != Mark::none, progress.facts};
}

void Runner::point(std::string_view when, std::size_t index) const {
    if (hook_) {
        hook_(std::string(when) + " effect " + steps_[index].id);
    }
}

void Runner::show(std::size_t index, StepView view, const Observer& observer) {
    views_[index] = std::move(view);
    if (observer) {
        observer(index, views_[index]);
    }
}

Result<void> Runner::restore(const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        if (auto done = apply(entry); !done) {
            return done;
        }
    }
    return {};
}

Result<void> Runner::apply(const Entry& entry) {
    if (entry.kind == Kind::plan) {
        state_ = FlowState::unfinished;
        return {};
    }
    if (entry.kind == Kind::closed) {
        state_ = fact(entry.facts, "state") == "undone" ? FlowState::undone : FlowState::done;
        return {};
    }
    const auto found = std::find_if(steps_.begin(), steps_.end(),
                                    [&](const Step& step) { return step.id == entry.step; });
    if (found == steps_.end()) {
        return fail(ErrorCode::corrupt, "The record names a step that this program does not know.",
                    "Use the version of the program that began the change.", entry.step);
    }
    const auto index = static_cast<std::size_t>(found - steps_.begin());
    Progress& progress = progress_[index];
    StepView& view = views_[index];
    switch (entry.kind) {
    case Kind::intent:
        progress.mark = Mark::intended;
        break;
    case Kind::outcome: {
        progress = {Mark::done, entry.facts};
        view.state = StepState::done;
        view.sentence = fact(entry.facts, "sentence");
        view.link = fact(entry.facts, "link");
        view.error.reset();
        view.elapsed = std::chrono::milliseconds(std::atoll(fact(entry.facts, "ms").c_str()));
        // Also of a step that was undone since: the undo of others may still need its facts.
        if (steps_[index].learn) {
            return steps_[index].learn(entry.facts);
        }
        break;
    }
    case Kind::failed:
        last_error_ = fact(entry.facts, "message");
        if (view.state != StepState::done) {
            view.state = StepState::failed;
        }
        view.error = Error{ErrorCode::internal, last_error_, fact(entry.facts, "hint"), {}};
        break;
    case Kind::undoing:
        state_ = FlowState::unfinished;
        undo_begun_ = true;
        progress.mark = Mark::undoing;
        break;
    case Kind::undone:
        progress = {Mark::undone, {}};
        view.state = StepState::undone;
        view.was_there = fact(entry.facts, "was_there") != "no";
        view.stays = fact(entry.facts, "stays");
        view.error.reset();
        break;
    case Kind::plan:
    case Kind::closed:
        break;
    }
    return {};
}

Result<Outcome> Runner::reach(std::size_t index, Journal& journal, std::stop_token stop) {
    const Step& step = steps_[index];
    if (step.look) {
        auto there = step.look(call(index, stop));
        if (!there) {
            return fail(there.error());
        }
        if (*there) {
            return std::move(**there);
        }
    }
    if (auto noted = journal.append(Kind::intent, step.id, {}); !noted) {
        return fail(noted.error());
    }
    progress_[index].mark = Mark::intended;
    point("before", index);
    auto outcome = step.run(call(index, stop));
    point("after", index);
    return outcome;
}

Result<void> Runner::run_step(std::size_t index, Journal& journal, std::stop_token stop,
                              const Tell& tell) {
    const Step& step = steps_[index];
    const auto start = SteadyClock::now();
    StepView view = views_[index];
    view.state = StepState::running;
    view.sentence = step.plan;
    view.error.reset();
    tell(index, view);
    auto outcome = reach(index, journal, std::move(stop));
    view.elapsed = since(start);
    Result<void> result;
    if (!outcome) {
        result = fail(outcome.error());
    } else {
        const Facts facts = outcome_facts(*outcome, view.elapsed);
        result = journal.append(Kind::outcome, step.id, facts);
        if (result) {
            progress_[index] = {Mark::done, facts};
            view.sentence = outcome->sentence;
            view.link = outcome->link;
            result = step.learn ? step.learn(facts) : Result<void>{};
        }
    }
    view.state = result ? StepState::done : StepState::failed;
    if (!result) {
        view.error = result.error();
        // Only for the report; when it cannot be written, the error itself matters more.
        static_cast<void>(journal.append(Kind::failed, step.id,
                                         {{"code", std::string(to_string(result.error().code))},
                                          {"message", result.error().message},
                                          {"hint", result.error().hint}}));
    }
    tell(index, view);
    return result;
}

Result<void> Runner::run_lanes(std::size_t first, std::size_t last, Journal& journal,
                               std::stop_token stop, const Observer& observer) {
    std::map<int, std::vector<std::size_t>> lanes;
    for (std::size_t i = first; i < last; ++i) {
        lanes[steps_[i].lane].push_back(i);
    }
    Mailbox mailbox;
    std::atomic<bool> failed = false;
    std::mutex error_mutex;
    std::optional<Error> error;
    const auto tell = [&](std::size_t index, StepView view) {
        mailbox.post(index, std::move(view));
    };
    const auto work = [&](const std::vector<std::size_t>& indices) {
        for (const std::size_t index : indices) {
            if (progress_[index].mark == Mark::done) {
                continue;
            }
            if (failed || stop.stop_requested()) {
                break;
            }
            if (auto done = run_step(index, journal, stop, tell); !done) {
                failed = true;
                const std::lock_guard lock(error_mutex);
                if (!error || error->code == ErrorCode::cancelled) {
                    error = done.error();
                }
                break;
            }
        }
        mailbox.lane_ended();
    };
    std::vector<std::jthread> threads;
    threads.reserve(lanes.size());
    for (const auto& lane : lanes) {
        threads.emplace_back(work, std::cref(lane.second));
    }
    mailbox.drain(lanes.size(), [&](std::size_t index, StepView view) {
        show(index, std::move(view), observer);
    });
    threads.clear();
    if (error) {
        return fail(std::move(*error));
    }
    return stop.stop_requested() ? Result<void>(fail(stopped())) : Result<void>{};
}

Result<void> Runner::run(Journal& journal, std::stop_token stop, const Observer& observer) {
    state_ = FlowState::unfinished;
    const Tell tell = [&](std::size_t index, StepView view) {
        show(index, std::move(view), observer);
    };
    for (std::size_t i = 0; i < steps_.size();) {
        if (stop.stop_requested()) {
            return fail(stopped());
        }
        if (steps_[i].lane == 0) {
            if (progress_[i].mark != Mark::done) {
                if (auto done = run_step(i, journal, stop, tell); !done) {
                    return done;
                }
            }
            ++i;
            continue;
        }
        const auto end = std::find_if(steps_.begin() + static_cast<std::ptrdiff_t>(i), steps_.end(),
                                      [stage = steps_[i].stage](const Step& step) {
                                          return step.lane == 0 || step.stage != stage;
                                      });
        const auto last = static_cast<std::size_t>(end - steps_.begin());
        if (auto done = run_lanes(i, last, journal, stop, observer); !done) {
            return done;
        }
        i = last;
    }
    auto closed = journal.append(Kind::closed, "", {{"state", "done"}});
    if (closed) {
        state_ = FlowState::done;
    }
    return closed;
}

Result<Undone> Runner::undo_step(std::size_t index, Journal& journal, std::stop_token stop) {
    const Step& step = steps_[index];
    // The facts must outlive the mark: a second try needs the ids too.
    if (auto noted = journal.append(Kind::undoing, step.id, {}); !noted) {
        return fail(noted.error());
    }
    progress_[index].mark = Mark::undoing;
    Result<Undone> gone = Undone{false};
    if (step.undo) {
        point("before undo", index);
        gone = step.undo(call(index, std::move(stop)));
        point("after undo", index);
        if (!gone) {
            return gone;
        }
    }
    const Facts facts{{"was_there", gone->was_there ? "yes" : "no"}, {"stays", gone->stays}};
    if (auto noted = journal.append(Kind::undone, step.id, facts); !noted) {
        return fail(noted.error());
    }
    progress_[index] = {Mark::undone, {}};
    return gone;
}

bool Runner::can_undo() const {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (steps_[i].is_final && progress_[i].mark != Mark::none) {
            return false;
        }
    }
    return true;
}

Result<void> Runner::undo(Journal& journal, std::stop_token stop, const Observer& observer) {
    if (!can_undo()) {
        return fail(ErrorCode::conflict, "This change has gone too far to be taken back.",
                    "Let it run to its end instead.");
    }
    state_ = FlowState::unfinished;
    undo_begun_ = true;
    std::optional<Error> first_error;
    for (std::size_t i = steps_.size(); i-- > 0;) {
        const Mark mark = progress_[i].mark;
        if (mark == Mark::none || mark == Mark::undone) {
            continue;
        }
        if (stop.stop_requested()) {
            return fail(first_error.value_or(stopped()));
        }
        const auto start = SteadyClock::now();
        StepView view = views_[i];
        view.state = StepState::undoing;
        if (steps_[i].undo_sentence) {
            view.sentence = steps_[i].undo_sentence(call(i, stop)).value_or(view.sentence);
        }
        view.error.reset();
        show(i, view, observer);
        auto gone = undo_step(i, journal, stop);
        view.elapsed = since(start);
        view.state = gone ? StepState::undone : StepState::failed;
        if (gone) {
            view.link.clear();
            view.was_there = gone->was_there;
            view.stays = gone->stays;
        } else {
            view.error = gone.error();
            first_error = first_error.value_or(gone.error());
            static_cast<void>(journal.append(Kind::failed, steps_[i].id,
                                             {{"code", std::string(to_string(gone.error().code))},
                                              {"message", gone.error().message},
                                              {"hint", gone.error().hint}}));
        }
        show(i, view, observer);
    }
    if (first_error) {
        return fail(std::move(*first_error));
    }
    auto closed = journal.append(Kind::closed, "", {{"state", "undone"}});
    if (closed) {
        state_ = FlowState::undone;
    }
    return closed;
}

std::vector<std::string> Runner::undo_list() const {
    std::vector<std::string> sentences;
    if (!can_undo()) {
        return sentences;
    }
    for (std::size_t i = steps_.size(); i-- > 0;) {
        const Mark mark = progress_[i].mark;
        if (mark == Mark::none || mark == Mark::undone || !steps_[i].undo_sentence) {
            continue;
        }
        if (auto sentence = steps_[i].undo_sentence(call(i, {}))) {
            sentences.push_back(std::move(*sentence));
        }
    }
    return sentences;
}

} // namespace tau::flow
