#include "ui/project/author_line.h"

#include "core/base/text.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

const QString name_key = QStringLiteral("author/name");
const QString email_key = QStringLiteral("author/email");

} // namespace

AuthorLine::AuthorLine(Services& services, QWidget* parent)
    : QWidget(parent), services_(services), text_(new ElidedLabel(QStringLiteral("caption"))),
      prompt_(new PromptRow) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(text_, 1);
    auto* change = make_button(tr("Change author"), ButtonKind::quiet);
    connect(change, &QPushButton::clicked, this, &AuthorLine::ask);
    row->addWidget(change);
    box->addLayout(row);
    box->addWidget(prompt_);
}

void AuthorLine::show_project(const flow::LocalProject& project) {
    const git::Author kept{to_utf8(services_.setting(name_key).toString()),
                           to_utf8(services_.setting(email_key).toString())};
    if (!kept.name.empty() && !kept.email.empty()) {
        show_author(kept);
        return;
    }
    show_author({});
    job_.start([&git = services_.git(), project](std::stop_token) { return git.author(project); },
               [this](const Result<git::Author>& author) {
                   author ? show_author(*author) : text_->show_text(to_qt(author.error().message));
               });
}

void AuthorLine::show_author(const git::Author& author) {
    author_ = author;
    text_->show_text(author.name.empty()
                         ? tr("Nobody is named as the author yet.")
                         : tr("As %1 <%2>").arg(to_qt(author.name), to_qt(author.email)));
    Q_EMIT author_changed();
}

void AuthorLine::ask() {
    prompt_->ask(tr("Name and e-mail"), tr("Ada Lovelace <ada@example.org>"), tr("Use these"),
                 [this](const QString& text) {
                     static const QRegularExpression form(
                         QStringLiteral("^\\s*([^<>]+?)\\s*<([^<>]+)>\\s*$"));
                     const auto match = form.match(text);
                     if (!match.hasMatch() || !is_email(to_utf8(match.captured(2)))) {
                         prompt_->set_note(tr("Write it as: Ada Lovelace <ada@example.org>"), true);
                         return;
                     }
                     services_.set_setting(name_key, match.captured(1));
                     services_.set_setting(email_key, match.captured(2));
                     show_author({to_utf8(match.captured(1)), to_utf8(match.captured(2))});
                     prompt_->close_prompt();
                 });
}

} // namespace tau::ui
