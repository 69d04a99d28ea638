#include "ui/common/unfinished_row.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <QDateTime>
#include <QHBoxLayout>

namespace tau::ui {

UnfinishedRow::UnfinishedRow(const flow::Unfinished& flow, QWidget* parent)
    : QWidget(parent), ways_(new QWidget(this)), question_(new QWidget(this)) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, space::s, 0, space::s);
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::xs);
    grid->setColumnStretch(1, 1);
    auto* mark = new IconLabel(this);
    mark->set(QStringLiteral("warning"), Tone::warn);
    grid->addWidget(mark, 0, 0, Qt::AlignTop);
    const QString title = to_qt(flow.title);
    grid->addWidget(make_label(title, QStringLiteral("strong"), this), 0, 1);
    QString state = tr("%1 of %2 steps done, started %3.")
                        .arg(flow.steps_done)
                        .arg(flow.steps_total)
                        .arg(age_text(flow.started_at, QDateTime::currentSecsSinceEpoch()));
    if (!flow.last_error.empty()) {
        state += QLatin1Char(' ') + to_qt(flow.last_error);
    }
    auto* text = make_label(state, {}, this);
    set_tone(text, Tone::muted);
    grid->addWidget(text, 1, 1);

    auto* ways = new QHBoxLayout(ways_);
    ways->setContentsMargins(0, 0, 0, 0);
    ways->setSpacing(space::s);
    auto* resume = make_button(tr("Resume"), ButtonKind::plain, QStringLiteral("retry"), ways_);
    auto* undo = make_button(tr("Undo…"), ButtonKind::plain, QStringLiteral("undo"), ways_);
    forget_ = make_button(tr("Forget…"), ButtonKind::quiet, {}, ways_);
    resume->setAccessibleName(tr("Resume: %1").arg(title));
    undo->setAccessibleName(tr("Undo: %1").arg(title));
    forget_->setAccessibleName(tr("Forget: %1").arg(title));
    ways->addWidget(resume);
    ways->addWidget(undo);
    ways->addWidget(forget_);
    ways->addStretch(1);
    grid->addWidget(ways_, 2, 1);

    auto* answers = new QHBoxLayout(question_);
    answers->setContentsMargins(0, 0, 0, 0);
    answers->setSpacing(space::s);
    answers->addWidget(make_label(tr("Forgetting drops the record and leaves what it made where it "
                                     "is. It cannot be resumed or undone afterwards."),
                                  {}, question_),
                       1);
    auto* sure = make_button(tr("Forget it"), ButtonKind::danger, {}, question_);
    sure->setAccessibleName(tr("Forget it: %1").arg(title));
    keep_ = make_button(tr("Keep it"), ButtonKind::plain, {}, question_);
    keep_->setAccessibleName(tr("Keep it: %1").arg(title));
    answers->addWidget(sure);
    answers->addWidget(keep_);
    grid->addWidget(question_, 3, 1);
    question_->hide();

    connect(resume, &QPushButton::clicked, this, &UnfinishedRow::resume_wanted);
    connect(undo, &QPushButton::clicked, this, &UnfinishedRow::undo_wanted);
    connect(forget_, &QPushButton::clicked, this, [this] { ask_forget(true); });
    connect(keep_, &QPushButton::clicked, this, [this] { ask_forget(false); });
    connect(sure, &QPushButton::clicked, this, &UnfinishedRow::forget_wanted);
}

void UnfinishedRow::ask_forget(bool asking) {
    question_->setVisible(asking);
    ways_->setVisible(!asking);
    (asking ? keep_ : forget_)->setFocus(Qt::OtherFocusReason);
}

} // namespace tau::ui
