#include "ui/wizard/flow_view.h"

#include "ui/common/key_label.h"
#include "ui/common/message_bar.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace tau::ui {

namespace {

constexpr int tick_ms = 100;

} // namespace

FlowView::FlowView(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), page_(new ScrollPage(nullptr, ScrollPage::Edge::left)),
      title_(make_label({}, QStringLiteral("title"))), subtitle_(make_label({})),
      progress_(new QProgressBar), summary_(new FlowSummary), steps_(new Card),
      problem_(new QWidget), error_(new ErrorView), confirm_(new Card),
      confirm_heading_(make_label({}, QStringLiteral("heading"))), confirm_list_(make_label({})) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    // What is going on stays in sight while the steps scroll.
    auto* top = new QVBoxLayout;
    top->setContentsMargins(space::xl, space::xl, space::xl, space::s);
    top->setSpacing(space::s);
    top->addWidget(title_);
    top->addWidget(subtitle_);
    top->addWidget(progress_);
    layout->addLayout(top);
    layout->addWidget(page_, 1);
    page_->box()->parentWidget()->parentWidget()->layout()->setContentsMargins(
        space::xl, space::s, space::xl, space::xl);
    set_tone(subtitle_, Tone::muted);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    page_->box()->addWidget(summary_);
    page_->box()->addWidget(confirm_);
    page_->box()->addWidget(steps_);
    page_->box()->addStretch(1);
    steps_->box()->setSpacing(space::xs);
    layout->addWidget(make_buttons());

    connect(summary_, &FlowSummary::open_wanted, this, [this] { open_result(); });
    connect(summary_, &FlowSummary::export_wanted, this,
            [this] { Q_EMIT export_wanted(*result_); });
    ticker_.setInterval(tick_ms);
    connect(&ticker_, &QTimer::timeout, this, [this] {
        for (StepRow* row : rows_) {
            row->tick();
        }
        show_progress();
    });
}

/// The problem under its step, the question before taking back, and the footer.
QWidget* FlowView::make_buttons() {
    retry_ = make_button(tr("&Retry"), ButtonKind::primary, QStringLiteral("retry"));
    undo_ = make_button(tr("&Undo all…"), ButtonKind::danger, QStringLiteral("undo"));
    report_ = make_button(tr("Copy re&port"), ButtonKind::plain, QStringLiteral("copy"));
    auto* box = new QVBoxLayout(problem_);
    box->setContentsMargins(space::icon + space::m, 0, 0, space::s);
    box->addWidget(error_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(retry_);
    row->addWidget(undo_);
    row->addWidget(report_);
    row->addStretch(1);
    box->addLayout(row);
    steps_->box()->addWidget(problem_);
    problem_->hide();

    confirm_yes_ = make_button(tr("Re&move"), ButtonKind::danger, QStringLiteral("trash"));
    confirm_no_ = make_button(tr("&Keep everything"));
    confirm_->box()->addWidget(confirm_heading_);
    confirm_->box()->addWidget(confirm_list_);
    auto* answers = new QHBoxLayout;
    answers->setSpacing(space::s);
    answers->addWidget(confirm_yes_);
    answers->addWidget(confirm_no_);
    answers->addStretch(1);
    confirm_->box()->addLayout(answers);
    confirm_->hide();

    auto* footer = new QFrame;
    set_role(footer, QStringLiteral("footer"));
    auto* bottom = new QHBoxLayout(footer);
    bottom->setContentsMargins(space::xl, space::m, space::xl, space::m);
    bottom->setSpacing(space::s);
    cancel_ = make_button(tr("&Cancel"));
    close_ = make_button(tr("C&lose"));
    bottom->addStretch(1);
    bottom->addWidget(cancel_);
    bottom->addWidget(close_);

    connect(retry_, &QPushButton::clicked, this, [this] { start(undo_failed_); });
    connect(undo_, &QPushButton::clicked, this, &FlowView::ask_undo);
    connect(report_, &QPushButton::clicked, this,
            [this] { copy_to_clipboard(to_qt(flow_->report()), report_); });
    connect(confirm_yes_, &QPushButton::clicked, this, [this] { start(true); });
    connect(confirm_no_, &QPushButton::clicked, this, [this] {
        set_state(flow_->state() == flow::FlowState::done ? State::done : State::stopped);
        (problem_->isHidden() ? close_ : retry_)->setFocus(Qt::OtherFocusReason);
    });
    connect(cancel_, &QPushButton::clicked, this, &FlowView::cancel);
    connect(close_, &QPushButton::clicked, this, &FlowView::closed);
    return footer;
}

void FlowView::set_flow(std::shared_ptr<flow::Flow> flow) {
    flow_ = std::move(flow);
    result_.reset();
    undo_failed_ = false;
    steps_->box()->removeWidget(problem_);
    clear_layout(steps_->box());
    rows_.clear();
    for (const flow::StepView& step : flow_->steps()) {
        auto* row = new StepRow(step, steps_);
        steps_->box()->addWidget(row);
        rows_.push_back(row);
    }
    summary_->hide();
    progress_->setRange(0, static_cast<int>(rows_.size()));
    place_problem();
    set_state(flow_->state() == flow::FlowState::done     ? State::done
              : flow_->state() == flow::FlowState::undone ? State::undone
              : flow_->state() == flow::FlowState::ready  ? State::ready
                                                          : State::stopped);
    const auto failed = std::find_if(rows_.begin(), rows_.end(),
                                     [](const StepRow* row) { return row->step().error; });
    if (state_ == State::stopped) {
        show_problem(failed != rows_.end() ? *(*failed)->step().error
                                           : Error{ErrorCode::cancelled,
                                                   to_utf8(tr("The work was interrupted.")),
                                                   to_utf8(tr("Retry continues where it stopped.")),
                                                   {}});
    }
}

void FlowView::run() {
    start(false);
}

void FlowView::start(bool undo) {
    problem_->hide();
    error_->clear();
    summary_->hide();
    undo_failed_ = false;
    clock_.start();
    set_state(undo ? State::undoing : State::running);
    cancel_->setEnabled(true);
    cancel_->setFocus(Qt::OtherFocusReason);
    job_.start(
        [this, undo, work = flow_](std::stop_token stop, const Job::Post& post) {
            // Each step goes to the window as a copy; the flow itself stays with this thread.
            const auto observer = [this, &post](std::size_t index, const flow::StepView& step) {
                post([this, index, step] { show_step(index, step); });
            };
            return undo ? work->undo(stop, observer) : work->run(stop, observer);
        },
        [this, undo](const Result<void>& answer) { finish(undo, answer); });
}

void FlowView::cancel() {
    job_.cancel();
    cancel_->setEnabled(false);
    subtitle_->setText(tr("Stopping at a safe point…"));
}

void FlowView::finish(bool undo, const Result<void>& answer) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        rows_[i]->show_step(flow_->steps()[i]);
    }
    if (answer) {
        set_state(undo ? State::undone : State::done);
        announce(this, title_->text());
        if (!undo) {
            load_result();
        } else {
            close_->setFocus(Qt::OtherFocusReason);
        }
        return;
    }
    undo_failed_ = undo;
    set_state(State::stopped);
    show_problem(answer.error());
}

void FlowView::show_step(std::size_t index, const flow::StepView& step) {
    if (index >= rows_.size()) {
        return;
    }
    rows_[index]->show_step(step);
    show_progress();
    if (step.state == flow::StepState::running || step.state == flow::StepState::undoing) {
        page_->ensureWidgetVisible(rows_[index], 0, space::xl);
    }
}

void FlowView::show_problem(const Error& error) {
    place_problem();
    retry_->setText(undo_failed_                         ? tr("&Retry the undo")
                    : error.code == ErrorCode::cancelled ? tr("&Continue")
                                                         : tr("&Retry"));
    undo_->setVisible(!undo_failed_ && flow_->can_undo().has_value());
    problem_->show();
    error_->show_error(error, false);
    retry_->setFocus(Qt::OtherFocusReason);
    // The page grows by the problem first; then it can be scrolled to.
    QTimer::singleShot(0, this, [this] { page_->ensureWidgetVisible(problem_); });
}

/// Below the step that failed or was next; at the end when there is none.
void FlowView::place_problem() {
    std::size_t at = 0;
    while (at < rows_.size() && rows_[at]->step().state != flow::StepState::failed) {
        ++at;
    }
    if (at == rows_.size()) {
        at = 0;
        while (at + 1 < rows_.size() && rows_[at]->step().state == flow::StepState::done) {
            ++at;
        }
    }
    steps_->box()->removeWidget(problem_);
    steps_->box()->insertWidget(static_cast<int>(at) + 1, problem_);
}

void FlowView::ask_undo() {
    const std::vector<std::string> things = flow_->undo_list();
    QStringList lines;
    for (const std::string& thing : things) {
        lines << QStringLiteral("•  ") + to_qt(thing);
    }
    const auto count = static_cast<int>(things.size());
    // A creation leaves nothing; of a later change some things go and others come back.
    const bool creation = flow_->kind() == "create";
    confirm_heading_->setText(count == 0 ? tr("Nothing was made; only the record goes")
                              : creation ? tr("This will be removed")
                                         : tr("This will be taken back"));
    confirm_list_->setText(count == 0 ? tr("The change is closed, and nothing else happens.")
                                      : lines.join(QLatin1Char('\n')));
    confirm_yes_->setText(count == 0   ? tr("Close the &record")
                          : !creation  ? tr("&Take it back")
                          : count == 1 ? tr("Re&move this one thing")
                                       : tr("Re&move these %1 things").arg(count));
    set_state(State::confirming);
    confirm_no_->setFocus(Qt::OtherFocusReason);
    QTimer::singleShot(0, this, [this] { page_->ensureWidgetVisible(confirm_); });
}

void FlowView::set_state(State state) {
    state_ = state;
    confirm_->setVisible(state == State::confirming);
    problem_->setEnabled(state == State::stopped);
    cancel_->setVisible(busy());
    close_->setVisible(!busy());
    progress_->setVisible(state != State::ready && state != State::undone);
    if (busy()) {
        ticker_.start();
    } else {
        ticker_.stop();
    }
    show_progress();
    Q_EMIT state_changed();
}

void FlowView::show_progress() {
    const auto done =
        static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [](const StepRow* row) {
            return row->step().state == flow::StepState::done;
        }));
    const auto total = static_cast<int>(rows_.size());
    progress_->setValue(done);
    const QString title = flow_ ? to_qt(flow_->title()) : QString();
    switch (state_) {
    case State::ready:
        title_->setText(title);
        subtitle_->setText(tr("Nothing is done yet."));
        break;
    case State::running:
        title_->setText(title);
        if (cancel_->isEnabled()) {
            subtitle_->setText(tr("%1 of %2 steps done, %3")
                                   .arg(done)
                                   .arg(total)
                                   .arg(duration_text(clock_.elapsed())));
        }
        break;
    case State::stopped:
    case State::confirming:
        title_->setText(title);
        if (flow_ && flow_->state() == flow::FlowState::done) {
            subtitle_->setText(tr("All %1 steps are done. Nothing is taken back yet.").arg(total));
            break;
        }
        subtitle_->setText(tr("Stopped with %1 of %2 steps done. What is done stays done until you "
                              "continue or undo it.")
                               .arg(done)
                               .arg(total));
        break;
    case State::undoing:
        title_->setText(tr("Taking everything back"));
        subtitle_->setText(tr("%1 steps left, %2").arg(done).arg(duration_text(clock_.elapsed())));
        break;
    case State::undone:
        title_->setText(tr("Everything was taken back"));
        subtitle_->setText(
            std::all_of(rows_.begin(), rows_.end(),
                        [](const StepRow* row) { return row->step().stays.empty(); })
                ? tr("What this change made is removed, and nothing else was touched.")
                : tr("What this change made is removed, but for what a step below names."));
        break;
    case State::done:
        title_->setText(title);
        subtitle_->setText(clock_.isValid() ? tr("All %1 steps are done, in %2.")
                                                  .arg(total)
                                                  .arg(duration_text(clock_.elapsed()))
                                            : tr("All %1 steps are done.").arg(total));
        set_tone(progress_, Tone::good);
        break;
    }
}

std::string FlowView::removed_project() const {
    return state_ == State::done && flow_->kind() == "remove" ? flow_->project_id() : std::string();
}

/// The project that it was about; of a removed one there is nothing to show.
void FlowView::load_result() {
    using Loaded = Result<std::pair<flow::LocalProject, project::Export>>;
    if (!removed_project().empty()) {
        close_->setFocus(Qt::OtherFocusReason);
        return;
    }
    result_job_.start(
        [&services = services_, id = flow_->project_id()](std::stop_token) -> Loaded {
            const auto projects = services.projects();
            if (!projects) {
                return fail(projects.error());
            }
            const auto found =
                std::find_if(projects->begin(), projects->end(), [&id](const auto& one) {
                    return one.is_registered() && one.project_id == id;
                });
            if (found == projects->end()) {
                return fail(ErrorCode::not_found, "The project's record is not there.");
            }
            auto exported = services.load_export(*found);
            if (!exported) {
                return fail(exported.error());
            }
            return std::pair(*found, std::move(*exported));
        },
        [this](const Loaded& loaded) {
            if (!loaded) {
                show_problem(loaded.error());
                return;
            }
            result_ = loaded->first;
            summary_->show_project(loaded->first, loaded->second);
            page_->verticalScrollBar()->setValue(0);
            summary_->open_button()->setFocus(Qt::OtherFocusReason);
        });
}

QString FlowView::problem() const {
    return problem_->isHidden() ? QString() : error_->sentence();
}

std::string FlowView::running_step() const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [](const StepRow* row) {
        return row->step().state == flow::StepState::running;
    });
    return found == rows_.end() ? std::string() : (*found)->step().id;
}

QWidget* FlowView::first_input() const {
    switch (state_) {
    case State::running:
    case State::undoing:
        return cancel_;
    case State::stopped:
        return retry_;
    case State::confirming:
        return confirm_no_;
    case State::done:
        return summary_->isHidden() ? close_ : summary_->open_button();
    case State::ready:
    case State::undone:
        break;
    }
    return close_;
}

} // namespace tau::ui
