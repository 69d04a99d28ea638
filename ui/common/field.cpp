#include "ui/common/field.h"

#include "ui/common/page.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QStyle>
#include <QVariant>

namespace tau::ui {

Field::Field(QLabel* label, QWidget* input, IconLabel* mark, QLabel* note, QObject* parent)
    : QObject(parent), label_(label), input_(input), mark_(mark), note_(note) {}

QString Field::name() const {
    QString text = label_->text();
    return text.remove(QLatin1Char('&'));
}

void Field::set_note(const QString& sentence, Tone tone) {
    if (note_->text() == sentence && tone_ == tone) {
        return;
    }
    const bool was_bad = tone_ == Tone::bad;
    tone_ = tone;
    note_->setText(sentence);
    set_tone(note_, tone);
    mark_->set(sentence.isEmpty()   ? QString()
               : tone == Tone::good ? QStringLiteral("check")
               : tone == Tone::warn ? QStringLiteral("warning")
               : tone == Tone::bad  ? QStringLiteral("failed")
                                    : QString(),
               tone);
    input_->setProperty("invalid", tone == Tone::bad);
    if (was_bad != (tone == Tone::bad)) {
        input_->style()->unpolish(input_);
        input_->style()->polish(input_);
    }
    // A screen reader tells the description with the field, and is told when it changes.
    input_->setAccessibleDescription(sentence);
    QAccessibleEvent event(input_, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QString Field::note() const {
    return note_->text();
}

void Field::set_visible(bool visible) {
    for (QWidget* widget : {static_cast<QWidget*>(label_), input_, mark_->parentWidget()}) {
        widget->setVisible(visible);
    }
}

Form::Form(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(space::l);
    grid_->setVerticalSpacing(space::s);
    grid_->setColumnStretch(1, 3);
    grid_->setColumnStretch(2, 3);
}

Field* Form::add(const QString& label, QWidget* input) {
    auto* text = new QLabel(label, this);
    text->setBuddy(input);
    text->setMinimumHeight(space::control);
    auto* beside = new QWidget(this);
    auto* row = new QHBoxLayout(beside);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    auto* mark = new IconLabel(beside);
    auto* note = make_label({}, {}, beside);
    set_tone(note, Tone::muted);
    row->addWidget(mark);
    row->addWidget(note, 1);
    // Two lines of a note fit beside every field, so the form stands still while one types.
    beside->setMinimumHeight(2 * fontMetrics().lineSpacing() + space::xs);
    input->setMinimumWidth(space::field_width * 2 / 3);
    input->setMaximumWidth(space::field_width * 3 / 2);
    grid_->addWidget(text, rows_, 0, Qt::AlignVCenter);
    grid_->addWidget(input, rows_, 1, Qt::AlignVCenter);
    grid_->addWidget(beside, rows_, 2, Qt::AlignVCenter);
    ++rows_;
    auto* field = new Field(text, input, mark, note, this);
    input->setAccessibleName(field->name());
    return field;
}

void Form::add_below(QWidget* widget) {
    grid_->addWidget(widget, rows_, 1, 1, 2, Qt::AlignLeft);
    ++rows_;
}

} // namespace tau::ui
