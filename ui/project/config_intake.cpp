// The configuration tab, as far as it takes in files that somebody gives it.
#include "ui/common/text.h"
#include "ui/project/config_tab.h"

namespace tau::ui {

namespace {

constexpr qsizetype most_left_out_named = 3;

QString count_of(std::size_t count, const QString& one, const QString& more) {
    return count == 1 ? one : more.arg(count);
}

/// "3 files are new, 2 are replaced"
QString sentence_of(const QString& from, const project::Intake& intake) {
    QStringList parts;
    if (intake.added > 0) {
        parts << count_of(intake.added, ConfigTab::tr("1 file is new"),
                          ConfigTab::tr("%1 files are new"));
    }
    if (intake.changed > 0) {
        parts << count_of(intake.changed, ConfigTab::tr("1 file replaces what is here"),
                          ConfigTab::tr("%1 files replace what is here"));
    }
    if (!intake.removals.empty()) {
        parts << count_of(intake.removals.size(),
                          ConfigTab::tr("1 file of this project is not in it"),
                          ConfigTab::tr("%1 files of this project are not in it"));
    }
    QString sentence = ConfigTab::tr("Take in %1? %2.").arg(from, parts.join(QStringLiteral(", ")));
    if (intake.other_project) {
        sentence += QLatin1Char(' ') +
                    ConfigTab::tr("It is of another project; the id and name of this one stay.");
    }
    if (!intake.left_out.empty()) {
        QStringList named;
        for (const std::string& path : intake.left_out) {
            if (named.size() == most_left_out_named) {
                named << QStringLiteral("…");
                break;
            }
            named << to_qt(path);
        }
        sentence +=
            QLatin1Char(' ') +
            ConfigTab::tr("What is no YAML is left out: %1.").arg(named.join(QStringLiteral(", ")));
    }
    return sentence;
}

} // namespace

void ConfigTab::take_in(const QString& from, const git::Files& files) {
    if (project_.configuration.empty()) {
        messages_->close_message();
        error_->show_error({ErrorCode::not_found,
                            "There is no clone of the configuration here to take files into.",
                            "Clone the repositories first, then import again.",
                            {}});
        return;
    }
    given_ = Given{from, files};
    if (open_) {
        ask_intake(); // else as soon as it is read
    }
}

void ConfigTab::ask_intake() {
    flush();
    if (!given_) {
        return;
    }
    const Given given = std::move(*given_);
    given_.reset();
    const auto planned = project::plan_intake(open_->store(), given.files);
    if (!planned) {
        messages_->show_error(planned.error());
        return;
    }
    const auto intake = std::make_shared<const project::Intake>(*planned);
    if (intake->edits.empty() && intake->removals.empty()) {
        messages_->show_message(Tone::good,
                                tr("Everything in %1 is here already.").arg(given.from));
        return;
    }
    std::vector<MessageBar::Action> actions;
    if (!intake->edits.empty()) {
        actions.push_back(
            {intake->removals.empty() ? tr("Take in") : tr("Take in, keep the others"),
             [this, intake] { take(*intake, false); }});
    }
    if (!intake->removals.empty()) {
        actions.push_back(
            {intake->edits.empty() ? tr("Remove the others") : tr("Take in, remove the others"),
             [this, intake] { take(*intake, true); }});
    }
    actions.push_back({tr("Leave it"), [this] { tree_->setFocus(Qt::OtherFocusReason); }});
    messages_->show_message(intake->changed + intake->removals.size() > 0 ? Tone::warn
                                                                          : Tone::accent,
                            sentence_of(given.from, *intake), std::move(actions));
}

void ConfigTab::take(const project::Intake& intake, bool with_removals) {
    project::Change change{"Import", intake.edits, {}};
    if (with_removals) {
        change.configuration.insert(intake.removals.begin(), intake.removals.end());
    }
    if (!open_ || !apply(change)) {
        return;
    }
    after(change);
    messages_->show_message(
        Tone::good, tr("Taken in. Nothing is written before you save, and Undo takes it back."));
    tree_->setFocus(Qt::OtherFocusReason);
}

} // namespace tau::ui
