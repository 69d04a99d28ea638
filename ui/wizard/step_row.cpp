#include "ui/wizard/step_row.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QGridLayout>

namespace tau::ui {

namespace {

struct Look {
    QString icon;
    Tone tone;
    QString word;
};

Look look_of(const flow::StepView& step) {
    switch (step.state) {
    case flow::StepState::running:
        return {QStringLiteral("running"), Tone::accent, StepRow::tr("working")};
    case flow::StepState::done:
        return {QStringLiteral("done"), Tone::good, StepRow::tr("done")};
    case flow::StepState::failed:
        return {QStringLiteral("failed"), Tone::bad, StepRow::tr("failed")};
    case flow::StepState::undoing:
        return {QStringLiteral("undo"), Tone::accent, StepRow::tr("taking back")};
    case flow::StepState::undone:
        return {QStringLiteral("undo"), Tone::muted,
                step.was_there ? StepRow::tr("taken back") : StepRow::tr("was not there")};
    case flow::StepState::waiting:
        break;
    }
    return {QStringLiteral("waiting"), Tone::muted, StepRow::tr("waiting")};
}

bool is_moving(flow::StepState state) {
    return state == flow::StepState::running || state == flow::StepState::undoing;
}

} // namespace

StepRow::StepRow(const flow::StepView& step, QWidget* parent)
    : QWidget(parent), mark_(new IconLabel(this)), sentence_(make_label({}, {}, this)),
      word_(make_label({}, QStringLiteral("caption"), this)),
      time_(make_label({}, QStringLiteral("caption"), this)),
      link_(new KeyLabel(tr("address"), this, 0, 0)) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, space::xs, 0, space::xs);
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(0);
    grid->addWidget(mark_, 0, 0, Qt::AlignTop);
    grid->addWidget(sentence_, 0, 1, Qt::AlignTop);
    grid->addWidget(word_, 0, 2, Qt::AlignTop);
    grid->addWidget(time_, 0, 3, Qt::AlignTop);
    grid->addWidget(link_, 1, 1, 1, 3);
    grid->setColumnStretch(1, 1);
    word_->setWordWrap(false);
    time_->setWordWrap(false);
    word_->setMinimumWidth(fontMetrics().horizontalAdvance(tr("was not there")));
    time_->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("10 min 10 s")));
    time_->setAlignment(Qt::AlignRight | Qt::AlignTop);
    // An icon beside text sits a little higher than the text's own middle.
    mark_->setContentsMargins(0, 0, 0, 0);
    show_step(step);
}

void StepRow::show_step(const flow::StepView& step) {
    if (is_moving(step.state) && step.state != step_.state) {
        since_.start();
    }
    step_ = step;
    const Look look = look_of(step);
    mark_->set(look.icon, look.tone);
    word_->setText(look.word);
    set_tone(word_, look.tone);
    sentence_->setText(
        to_qt(step.stays.empty() ? step.sentence : step.sentence + " " + step.stays));
    set_tone(sentence_,
             step.state == flow::StepState::waiting || step.state == flow::StepState::undone
                 ? Tone::muted
                 : Tone::plain);
    link_->set_value(to_qt(step.link));
    link_->setVisible(!step.link.empty() && step.state != flow::StepState::undone);
    setAccessibleName(look.word + QStringLiteral(": ") + sentence_->text());
    tick();
}

void StepRow::tick() {
    const std::int64_t elapsed = is_moving(step_.state) ? since_.elapsed() : step_.elapsed.count();
    const bool show = is_moving(step_.state) || step_.elapsed.count() > 0;
    time_->setText(show ? duration_text(elapsed) : QString());
}

} // namespace tau::ui
