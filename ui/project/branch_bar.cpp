#include "ui/project/branch_bar.h"

#include "core/base/text.h"
#include "ui/common/message_bar.h"
#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/unsaved_edits.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

#include <map>

namespace tau::ui {

namespace {

using State = git::Comparison::State;

/// "2 to push" and the like; empty when both sides are the same.
QString standing_of(const flow::CloneState& state) {
    const git::Comparison& remote = state.remote;
    if (state.status.branch.empty()) {
        return BranchBar::tr("on no branch");
    }
    if (!remote.ours) {
        return BranchBar::tr("no commit yet");
    }
    if (!remote.theirs) {
        return BranchBar::tr("not pushed yet");
    }
    switch (remote.state) {
    case State::ahead:
        return BranchBar::tr("%1 to push").arg(remote.ahead);
    case State::fast_forward:
        return BranchBar::tr("%1 to take").arg(remote.behind);
    case State::both_changed:
        return BranchBar::tr("%1 to push, %2 to take").arg(remote.ahead).arg(remote.behind);
    case State::unrelated:
        return BranchBar::tr("not the same project as at the host");
    case State::same:
        break;
    }
    return {};
}

} // namespace

BranchBar::BranchBar(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), branch_(new QToolButton), menu_(new QMenu(branch_)),
      standing_(make_label({}, QStringLiteral("caption"))),
      clone_(make_button(tr("C&lone"), ButtonKind::plain, QStringLiteral("down"))),
      pull_(make_button(tr("&Pull"), ButtonKind::plain, QStringLiteral("down"))),
      push_(make_button(tr("P&ush"), ButtonKind::plain, QStringLiteral("export"))),
      cancel_(make_button(tr("Sto&p"), ButtonKind::quiet)), progress_(new QProgressBar),
      prompt_(new PromptRow), error_(new ErrorView) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    branch_->setPopupMode(QToolButton::InstantPopup);
    branch_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    branch_->setFocusPolicy(Qt::StrongFocus);
    branch_->setMenu(menu_);
    connect(menu_, &QMenu::aboutToShow, this, &BranchBar::fill_menu);
    row->addWidget(branch_);
    standing_->setWordWrap(false);
    standing_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(standing_, 1);
    for (QPushButton* button : {cancel_, clone_, pull_, push_}) {
        row->addWidget(button);
    }
    box->addLayout(row);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(space::bar);
    progress_->hide();
    box->addWidget(progress_);
    box->addWidget(prompt_);
    error_->let_close();
    box->addWidget(error_);
    connect(clone_, &QPushButton::clicked, this, &BranchBar::clone);
    connect(pull_, &QPushButton::clicked, this, &BranchBar::pull);
    connect(push_, &QPushButton::clicked, this, &BranchBar::push);
    connect(cancel_, &QPushButton::clicked, this, &BranchBar::cancel);
    refresh_buttons();
}

void BranchBar::show_project(const flow::LocalProject& project) {
    if (!is_same(project, project_)) {
        states_.clear();
        look_job_.drop();
        error_->clear();
        prompt_->close_prompt();
    }
    project_ = project;
    refresh_buttons();
    refresh();
}

void BranchBar::refresh() {
    if (project_.configuration.empty() && project_.code.empty()) {
        return;
    }
    look_job_.start(
        [&git = services_.git(), project = project_](std::stop_token) { return git.look(project); },
        [this](const Result<std::vector<flow::CloneState>>& states) { show_states(states); });
}

void BranchBar::show_states(const Result<std::vector<flow::CloneState>>& states) {
    if (!states) {
        error_->show_error(states.error(), false);
        return;
    }
    states_ = *states;
    refresh_buttons();
}

void BranchBar::refresh_buttons() {
    const bool here = !project_.configuration.empty() || !project_.code.empty();
    const bool whole = !project_.configuration.empty() && !project_.code.empty();
    const bool working = work_job_.running();
    branch_->setVisible(here);
    clone_->setVisible(!whole && project_.is_registered());
    pull_->setVisible(here);
    push_->setVisible(here);
    cancel_->setVisible(working);
    progress_->setVisible(working);
    QStringList names;
    QStringList parts;
    bool news = false;
    for (const flow::CloneState& state : states_) {
        const QString name =
            state.status.branch.empty() ? tr("no branch") : to_qt(state.status.branch);
        if (!names.contains(name)) {
            names << name;
        }
        const QString standing = standing_of(state);
        if (!standing.isEmpty()) {
            parts << tr("%1: %2").arg(role_name(state.role), standing);
        }
        news = news || flow::has_something_to_push(state);
    }
    branch_->setText(names.isEmpty() ? tr("Branch") : names.join(QStringLiteral(" / ")));
    branch_->setAccessibleName(tr("Branch %1").arg(branch_->text()));
    standing_->setText(working && works_here() ? doing_
                       : working               ? tr("%1: %2").arg(to_qt(working_.name), doing_)
                       : !here                 ? tr("Not cloned to this computer")
                       : parts.isEmpty()       ? tr("As it was at the last pull")
                                               : parts.join(QStringLiteral("  ·  ")));
    branch_->setEnabled(!working && !states_.empty());
    clone_->setEnabled(!working);
    pull_->setEnabled(!working && !states_.empty());
    push_->setEnabled(!working && news);
    push_->setToolTip(news ? tr("Configuration goes first, then code")
                           : tr("There is nothing to push"));
}

QStringList BranchBar::branches() const {
    std::map<QString, bool> names;
    for (const flow::CloneState& state : states_) {
        for (const git::Branch& branch : state.branches) {
            names[to_qt(branch.name)] |= branch.current;
        }
    }
    QStringList all;
    for (const auto& [name, current] : names) {
        all << name;
    }
    return all;
}

void BranchBar::fill_menu() {
    menu_->clear();
    for (const QString& name : branches()) {
        QStringList places;
        bool current = false;
        bool remote_only = true;
        for (const flow::CloneState& state : states_) {
            for (const git::Branch& branch : state.branches) {
                if (to_qt(branch.name) == name) {
                    places << role_name(state.role);
                    current = current || branch.current;
                    remote_only = remote_only && !branch.local;
                }
            }
        }
        QString text = name;
        text.replace(QLatin1Char('&'), QStringLiteral("&&"));
        if (places.size() < static_cast<qsizetype>(states_.size())) {
            text += tr("  (only %1)").arg(places.join(QStringLiteral(", ")).toLower());
        } else if (remote_only) {
            text += tr("  (at the git host)");
        }
        QAction* action = menu_->addAction(text, this, [this, name] { switch_to(name); });
        action->setCheckable(true);
        action->setChecked(current);
    }
    menu_->addSeparator();
    menu_->addAction(tr("&New branch…"), this, &BranchBar::ask_name);
}

void BranchBar::ask_name() {
    prompt_->ask(tr("Name of the new branch"), tr("feature/checkout"), tr("Create and switch"),
                 [this](const QString& name) {
                     if (!is_branch_name(to_utf8(name))) {
                         prompt_->set_note(tr("Use letters, digits, dashes and slashes."), true);
                         return;
                     }
                     prompt_->close_prompt();
                     create(name);
                 });
}

void BranchBar::tell(const QString& sentence) {
    if (works_here()) {
        announce(this, sentence);
    } else {
        Q_EMIT done_elsewhere(tr("%1: %2").arg(to_qt(working_.name), sentence));
    }
}

void BranchBar::tell_error(const Error& error) {
    if (works_here()) {
        error_->show_error(error);
    } else {
        Error named = error;
        named.message = to_utf8(tr("%1: %2").arg(to_qt(working_.name), to_qt(error.message)));
        Q_EMIT failed_elsewhere(named);
    }
}

/// One piece of work at a time; `done` runs when it succeeded.
void BranchBar::start(const QString& sentence, const Work& work, const Done& done) {
    prompt_->close_prompt();
    if (work_job_.running()) { // begun since the button that led here was offered
        return;
    }
    error_->clear();
    working_ = project_;
    doing_ = sentence;
    progress_->setRange(0, 0);
    work_job_.start(
        [work, this](std::stop_token stop, const Job::Post& post) {
            return work(stop, [&](const git::Progress& step) {
                post([this, step] {
                    const bool known = step.total > 0;
                    progress_->setRange(0, known ? 1000 : 0);
                    progress_->setValue(known ? static_cast<int>(step.done * 1000 / step.total)
                                              : 0);
                });
            });
        },
        [this, done](const Result<void>& result) {
            if (!result) {
                tell_error(result.error());
            } else if (const QString told = done(); !told.isEmpty()) {
                tell(told);
            }
            refresh_buttons();
            refresh();
            Q_EMIT project_changed();
        });
    refresh_buttons();
}

void BranchBar::switch_to(const QString& branch) {
    if (unsaved_ != nullptr && unsaved_->hold_back(tr("switching to %1").arg(branch))) {
        return;
    }
    start(
        tr("Switching to %1…").arg(branch),
        [&git = services_.git(), project = project_,
         name = to_utf8(branch)](std::stop_token, const git::ProgressCallback&) {
            return git.switch_branch(project, name);
        },
        [branch] { return tr("Switched to %1.").arg(branch); });
}

void BranchBar::create(const QString& branch) {
    start(
        tr("Creating %1…").arg(branch),
        [&git = services_.git(), project = project_,
         name = to_utf8(branch)](std::stop_token, const git::ProgressCallback&) {
            return git.create_branch(project, name);
        },
        [branch] { return tr("Created %1.").arg(branch); });
}

void BranchBar::push() {
    start(
        tr("Pushing…"),
        [&git = services_.git(), project = project_](std::stop_token stop,
                                                     const git::ProgressCallback& progress) {
            return git.push(project, stop, progress);
        },
        [] { return tr("Pushed."); });
}

void BranchBar::pull() {
    if (unsaved_ == nullptr ||
        (!unsaved_->hold_back(tr("pulling")) &&
         !unsaved_->hold_merge(tr("Pull without it"), [this] { start_pull(); }))) {
        start_pull();
    }
}

void BranchBar::start_pull() {
    auto pulled = std::make_shared<std::vector<flow::Pulled>>();
    start(
        tr("Pulling…"),
        [&git = services_.git(), project = project_,
         pulled](std::stop_token stop, const git::ProgressCallback& progress) -> Result<void> {
            auto answer = git.pull(project, stop, progress);
            if (!answer) {
                return fail(answer.error());
            }
            *pulled = std::move(*answer);
            return {};
        },
        [this, pulled] {
            for (const flow::Pulled& one : *pulled) {
                if (one.merge && !works_here()) {
                    return tr("Both sides changed it. Pull again there to merge.");
                }
                if (one.merge) {
                    Q_EMIT merge_wanted(*pulled);
                    return QString();
                }
            }
            return tr("Pulled.");
        });
}

void BranchBar::clone() {
    auto cloned = std::make_shared<flow::LocalProject>();
    start(
        tr("Cloning…"),
        [&git = services_.git(), project = project_,
         cloned](std::stop_token stop, const git::ProgressCallback& progress) -> Result<void> {
            auto answer = git.clone(project, stop, progress);
            if (!answer) {
                return fail(answer.error());
            }
            *cloned = std::move(*answer);
            return {};
        },
        [this, cloned] {
            if (works_here()) {
                working_ = *cloned;
                project_ = *cloned;
            }
            Q_EMIT project_cloned(*cloned);
            return tr("Cloned.");
        });
}

} // namespace tau::ui
