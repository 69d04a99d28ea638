#include "ui/common/facts.h"

#include "ui/common/key_label.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

namespace tau::ui {

Facts::Facts(QWidget* parent) : QFormLayout(parent) {
    setContentsMargins(0, 0, 0, 0);
    setHorizontalSpacing(space::l);
    setVerticalSpacing(space::xs);
    setLabelAlignment(Qt::AlignLeft);
}

void Facts::add(const QString& caption, QWidget* value) {
    auto* label = new QLabel(caption);
    set_role(label, QStringLiteral("caption"));
    label->setBuddy(value);
    addRow(label, value);
}

void Facts::add_text(const QString& caption, const QString& value) {
    if (!value.isEmpty()) {
        add(caption, make_label(value));
    }
}

void Facts::add_key(const QString& caption, const std::string& value, const QString& what) {
    auto* key = new KeyLabel(what.isEmpty() ? caption.toLower() : what, nullptr, 12, 8);
    key->set_value(to_qt(value));
    add(caption, key);
}

void Facts::add_address(const QString& caption, const QString& what, const std::string& value) {
    auto* address = new KeyLabel(what, nullptr, 0, 0);
    address->set_value(to_qt(value));
    add(caption, address);
}

} // namespace tau::ui
