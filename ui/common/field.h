#pragma once

#include "ui/common/icons.h"

#include <QGridLayout>
#include <QLabel>
#include <QWidget>

namespace tau::ui {

/// One row of a form: a label with a mnemonic, its input, and one note beside it that says what
/// is known about the value: an issue, a hint, or that it is good.
class Field : public QObject {
    Q_OBJECT
public:
    Field(QLabel* label, QWidget* input, IconLabel* mark, QLabel* note, QObject* parent);
    QWidget* input() const { return input_; }
    /// What it is called, without the mnemonic's mark.
    QString name() const;
    /// A sentence about the value, with an icon where the tone is more than advice.
    void set_note(const QString& sentence, Tone tone = Tone::muted);
    /// An issue; an empty one takes it away.
    void set_issue(const QString& sentence) {
        set_note(sentence, sentence.isEmpty() ? Tone::muted : Tone::bad);
    }
    QString note() const;
    Tone tone() const { return tone_; }
    void set_visible(bool visible);

private:
    QLabel* label_;
    QWidget* input_;
    IconLabel* mark_;
    QLabel* note_;
    Tone tone_ = Tone::muted;
};

/// Rows of fields with aligned columns: label, input, note.
class Form : public QWidget {
    Q_OBJECT
public:
    explicit Form(QWidget* parent = nullptr);
    /// The label becomes the input's buddy and accessible name.
    Field* add(const QString& label, QWidget* input);
    /// A widget below the input's column, over the rest of the row.
    void add_below(QWidget* widget);

private:
    QGridLayout* grid_;
    int rows_ = 0;
};

} // namespace tau::ui
