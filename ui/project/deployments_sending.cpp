// A DeploymentsView's sending: to every vault at once, and whether each has it afterwards.
#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/project/deployments_view.h"

#include <algorithm>

namespace tau::ui {

namespace {

void tell_failure(FindingLine& line, const Error& error) {
    line.icon = QStringLiteral("failed");
    line.tone = Tone::bad;
    line.sentence = to_qt(error.message + " " + error.hint).trimmed();
}

} // namespace

void DeploymentsView::send() {
    end_editing();
    error_->clear();
    const std::vector<vault::Deployment> rows = model_->wanted();
    lines_.clear();
    for (const VaultState& one : model_->vaults()) {
        lines_.push_back({QStringLiteral("running"), Tone::accent, to_qt(one.node.name),
                          tr("It asks the git host for the branches…")});
    }
    sent_project_ = project_;
    outcomes_seen_ = false;
    progress_->setRange(0, static_cast<int>(lines_.size()));
    progress_->setValue(0);
    show_outcomes(tr("Sending to the vaults"), Tone::plain);
    send_job_.start(
        [this, &services = services_, project = project_, rows](std::stop_token stop,
                                                                const Job::Post& post) {
            const auto answered = [this, &post](std::size_t vault, const SentDeployments& answer) {
                post([this, vault, answer] { set_outcome(vault, answer); });
            };
            Sent sent{services.living().send_deployments(project, rows, answered, stop), {}};
            if (!stop.stop_requested()) {
                sent.now = ask_vaults(services, project, stop);
            }
            return sent;
        },
        [this, rows](Sent sent) { take_sent(rows, std::move(sent)); });
    refresh();
    stop_->setFocus(Qt::OtherFocusReason);
}

void DeploymentsView::set_outcome(std::size_t vault, const SentDeployments& answer) {
    if (vault >= lines_.size()) {
        return;
    }
    FindingLine& line = lines_[vault];
    if (answer) {
        line.icon = QStringLiteral("done");
        line.tone = Tone::good;
        line.sentence = tr("It took the %1 rows.").arg(answer->deployments.size());
    } else {
        tell_failure(line, answer.error());
    }
    progress_->setValue(progress_->value() + 1);
    show_outcomes(tr("Sending to the vaults"), Tone::plain);
}

void DeploymentsView::take_sent(const std::vector<vault::Deployment>& rows, Sent sent) {
    if (!sent.answers) {
        for (FindingLine& line : lines_) {
            tell_failure(line, sent.answers.error());
        }
    } else if (sent.now && sent.now->vaults) {
        verify_outcomes(rows, *sent.now->vaults);
    }
    outcomes_seen_ = shows_sent() && isVisible();
    const bool good = std::all_of(lines_.begin(), lines_.end(),
                                  [](const auto& line) { return line.tone == Tone::good; });
    const bool one = lines_.size() == 1;
    show_outcomes(good  ? (one ? tr("The vault has it") : tr("The vaults have it"))
                  : one ? tr("The vault has not got it")
                        : tr("Not every vault has it"),
                  good ? Tone::good : Tone::bad);
    if (!shows_sent()) { // how it went is told when that project is shown again
        if (good) {
            set_aside_.erase(sent_project_.project_id);
        }
        return;
    }
    if (sent.now) {
        take(std::move(*sent.now));
    } else {
        look();
    }
    announce(this, good ? tr("The vaults have the deployments.")
                        : tr("Not every vault has the deployments."));
    first_input()->setFocus(Qt::OtherFocusReason);
}

/// A vault that took the rows must also show them, and what they stand for.
void DeploymentsView::verify_outcomes(const std::vector<vault::Deployment>& rows,
                                      const std::vector<VaultState>& now) {
    for (std::size_t i = 0; i < lines_.size() && i < now.size(); ++i) {
        FindingLine& line = lines_[i];
        if (line.tone != Tone::good) {
            continue;
        }
        if (!now[i].status) {
            line.icon = QStringLiteral("warning");
            line.tone = Tone::warn;
            line.sentence = tr("It took the rows, and did not answer when it was asked for them.");
        } else if (vault::to_json(now[i].status->deployments) != vault::to_json(rows)) {
            line.icon = QStringLiteral("warning");
            line.tone = Tone::warn;
            line.sentence = tr("It has other deployments by now. Somebody else may be changing "
                               "them; look again.");
        } else {
            line.sentence =
                tr("It has the %1 rows, and shows what they stand for.").arg(rows.size());
        }
    }
}

void DeploymentsView::show_outcomes(const QString& heading, Tone tone) {
    outcomes_->show_lines(heading, tone, lines_);
    outcomes_->setVisible(shows_sent());
}

} // namespace tau::ui
