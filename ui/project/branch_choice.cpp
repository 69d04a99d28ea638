#include "ui/project/branch_choice.h"

#include "ui/common/text.h"

#include <algorithm>

namespace tau::ui {

namespace {

constexpr int shortest_choice = 20; ///< in characters

} // namespace

BranchChoice::BranchChoice(Services& services, QWidget* parent)
    : QComboBox(parent), services_(services) {
    setAccessibleName(tr("Branch"));
    setToolTip(tr("Whose commits are shown; nothing is switched"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(shortest_choice);
    reset();
}

void BranchChoice::reset() {
    job_.drop();
    clear();
    addItem(tr("Checked out"), QString());
}

std::string BranchChoice::branch() const {
    return to_utf8(currentData().toString());
}

void BranchChoice::show_branches(const flow::LocalProject& project, vault::Role role) {
    job_.start([&git = services_.git(), project](std::stop_token) { return git.look(project); },
               [this, role](const Result<std::vector<flow::CloneState>>& states) {
                   // Without an answer the commits are refused too, and that is told.
                   for (const flow::CloneState& state :
                        states ? *states : std::vector<flow::CloneState>()) {
                       if (state.role == role) {
                           fill(state);
                       }
                   }
               });
}

void BranchChoice::fill(const flow::CloneState& state) {
    const QString chosen = currentData().toString();
    clear();
    addItem(state.status.branch.empty() ? tr("Checked out")
                                        : tr("%1 (checked out)").arg(to_qt(state.status.branch)),
            QString());
    for (const git::Branch& branch : state.branches) {
        if (branch.local && !branch.current) {
            addItem(to_qt(branch.name), to_qt(branch.name));
        }
    }
    for (const git::Branch& branch : state.branches) {
        if (branch.remote) {
            const QString name = QStringLiteral("origin/") + to_qt(branch.name);
            addItem(tr("%1 (at the last pull)").arg(name), name);
        }
    }
    const int now = findData(chosen);
    setCurrentIndex(std::max(now, 0));
    if (now < 0) {
        Q_EMIT activated(0);
    }
}

} // namespace tau::ui
