#pragma once

#include <QObject>

#include <any>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace tau::ui {

/// Blocking work of core on a thread of its own, for one widget. The result is delivered once, on
/// the widget's thread, and never after the Job is gone: destroying a Job asks the work to stop
/// and forgets it. One run at a time; starting again drops the earlier run (its result is stale).
/// No call here waits. `wait_for_all` ends what is still running when the program does.
class Job : public QObject {
    Q_OBJECT
public:
    /// Sends a small piece of work to the Job's thread while the run is still wanted; in order,
    /// and before the result.
    using Post = std::function<void(std::function<void()>)>;

    explicit Job(QObject* parent = nullptr);
    ~Job() override;

    /// `work(stop)` or `work(stop, post)` runs on a thread and must not touch widgets;
    /// `done(result)` runs on this object's thread.
    template <typename Work, typename Done>
    void start(Work work, Done done) {
        using Value = decltype(invoke(work, std::stop_token{}, Post{}));
        start_any(
            [work = std::move(work)](std::stop_token stop, const Post& post) mutable {
                return std::make_shared<Value>(invoke(work, std::move(stop), post));
            },
            [done = std::move(done)](const std::shared_ptr<void>& value) mutable {
                done(std::move(*std::static_pointer_cast<Value>(value)));
            });
    }

    /// Asks the work to stop; its result (usually `cancelled`) is still delivered.
    void cancel();
    /// Asks the work to stop and delivers nothing.
    void drop();
    bool running() const { return run_ != nullptr; }

    /// Asks every run to stop and waits; at the end of the program, before what they use goes.
    static void wait_for_all();

Q_SIGNALS:
    void running_changed(bool running);

private:
    struct Run;
    using AnyWork = std::function<std::shared_ptr<void>(std::stop_token, const Post&)>;
    using AnyDone = std::function<void(const std::shared_ptr<void>&)>;

    template <typename Work>
    static auto invoke(Work& work, std::stop_token stop, const Post& post) {
        if constexpr (std::is_invocable_v<Work&, std::stop_token, const Post&>) {
            return work(std::move(stop), post);
        } else {
            return work(std::move(stop));
        }
    }
    void start_any(AnyWork work, AnyDone done);
    void forget_run();

    std::shared_ptr<Run> run_;
};

} // namespace tau::ui
