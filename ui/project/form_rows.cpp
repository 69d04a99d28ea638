#include "ui/project/form_rows.h"

#include "ui/common/theme.h"

#include <QVBoxLayout>

namespace tau::ui {

namespace {

constexpr int name_width = 16; ///< in characters

} // namespace

FormRows::FormRows(QWidget* holder) : QFormLayout(holder) {
    setContentsMargins(0, 0, 0, space::s);
    setHorizontalSpacing(space::m);
    setVerticalSpacing(space::xs);
    setLabelAlignment(Qt::AlignLeft);
    setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
}

QLabel* FormRows::add(const QString& name, std::initializer_list<QWidget*> field) {
    auto* label = new QLabel(name);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* box = new QVBoxLayout;
    box->setSpacing(space::xs);
    for (QWidget* part : field) {
        box->addWidget(part);
    }
    addRow(label, box);
    return label;
}

void FormRows::place_names(bool over) {
    setRowWrapPolicy(over ? QFormLayout::WrapAllRows : QFormLayout::DontWrapRows);
    for (int i = 0; i < rowCount(); ++i) {
        QWidget* name = itemAt(i, QFormLayout::LabelRole)->widget();
        const int width = name->fontMetrics().averageCharWidth() * name_width;
        name->setMinimumWidth(over ? 0 : width);
        name->setMaximumWidth(over ? QWIDGETSIZE_MAX : width);
        // Beside an input it stands where the input's first line does.
        const int above = over ? 0 : (space::control - name->fontMetrics().lineSpacing()) / 2;
        name->setContentsMargins(0, above, 0, 0);
    }
}

} // namespace tau::ui
