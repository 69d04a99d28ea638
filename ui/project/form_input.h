#pragma once

#include "core/project/field_value.h"

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace tau::ui {

/// The input for one row of the field table, whatever its type.
class FormInput : public QWidget {
    Q_OBJECT
public:
    /// `names`: what a reference may name.
    FormInput(const project::FieldRow& row, const QStringList& names, QWidget* parent = nullptr);

    /// Shows a value; says nothing. What is equal already is left alone, cursor and all.
    void show_value(const project::FieldValue& value);
    /// Puts what is typed into the value.
    void read_into(project::FieldValue& value) const;
    void set_read_only(bool read_only);
    /// Whether the input would give the value back as it is: lines cannot show an item of two.
    bool can_show(const project::FieldValue& value) const;
    /// The part that takes the focus, for labels and screen readers.
    QWidget* focus_widget() const;

Q_SIGNALS:
    void edited();
    /// The person left it, or chose; only after something was edited.
    void finished();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void make_choice(const project::FieldRow& row, const QStringList& names);
    void make_lines(const project::FieldRow& row, const QStringList& names);
    void make_line(const project::FieldRow& row);
    QStringList items() const;
    QString typed() const;
    void change();
    void finish();

    const project::FieldRow& row_;
    bool read_only_ = false;
    bool touched_ = false; ///< since finished() was told last
    QString shown_;        ///< as the input shows what it was given
    QStringList given_;    ///< items of a list
    QCheckBox* check_ = nullptr;
    QComboBox* choice_ = nullptr;
    QLineEdit* line_ = nullptr;
    QPlainTextEdit* lines_ = nullptr;
    QToolButton* add_ = nullptr;
};

} // namespace tau::ui
