#pragma once

#include <QFormLayout>
#include <QLabel>

namespace tau::ui {

/// A part of a form: names, and inputs with what is said below each.
class FormRows : public QFormLayout {
    Q_OBJECT
public:
    explicit FormRows(QWidget* holder);
    QLabel* add(const QString& name, std::initializer_list<QWidget*> field);
    /// On the left, as wide in each part of a form, or over the inputs.
    void place_names(bool over);
};

} // namespace tau::ui
