#include "ui/common/prompt_row.h"

#include "ui/common/message_bar.h"
#include "ui/common/page.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>

namespace tau::ui {

PromptRow::PromptRow(QWidget* parent)
    : QFrame(parent), label_(new QLabel(this)), edit_(new QLineEdit(this)),
      accept_(make_button({}, ButtonKind::primary, {}, this)), note_(make_label({}, {}, this)) {
    set_role(this, QStringLiteral("message"));
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::m, space::s, space::m, space::s);
    box->setSpacing(space::xs);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    label_->setBuddy(edit_);
    row->addWidget(label_);
    row->addWidget(edit_, 1);
    row->addWidget(accept_);
    auto* cancel = make_button(tr("Cancel"), ButtonKind::plain, {}, this);
    row->addWidget(cancel);
    box->addLayout(row);
    box->addWidget(note_);
    connect(edit_, &QLineEdit::returnPressed, this, &PromptRow::accept);
    connect(accept_, &QPushButton::clicked, this, &PromptRow::accept);
    connect(cancel, &QPushButton::clicked, this, &PromptRow::close_prompt);
    connect(edit_, &QLineEdit::textChanged, this, [this](const QString& text) {
        accept_->setEnabled(!text.trimmed().isEmpty());
        set_note({}, false);
    });
    hide();
}

void PromptRow::ask(const QString& label, const QString& placeholder, const QString& button,
                    std::function<void(const QString&)> answer) {
    before_ = QApplication::focusWidget();
    label_->setText(label);
    QString plain = label;
    edit_->setAccessibleName(plain.remove(QLatin1Char('&')));
    edit_->setPlaceholderText(placeholder);
    edit_->clear();
    accept_->setText(button);
    accept_->setEnabled(false);
    answer_ = std::move(answer);
    set_note({}, false);
    show();
    edit_->setFocus(Qt::OtherFocusReason);
}

void PromptRow::accept() {
    const QString text = edit_->text().trimmed();
    if (!text.isEmpty() && answer_) {
        answer_(text);
    }
}

void PromptRow::set_note(const QString& sentence, bool problem) {
    note_->setText(sentence);
    note_->setVisible(!sentence.isEmpty());
    set_tone(note_, problem ? Tone::bad : Tone::muted);
    if (problem) {
        announce(note_, sentence);
    }
}

void PromptRow::close_prompt() {
    hide();
    if (before_ != nullptr && before_->isVisible()) {
        before_->setFocus(Qt::OtherFocusReason);
    }
    before_ = nullptr;
}

void PromptRow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close_prompt();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace tau::ui
