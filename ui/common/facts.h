#pragma once

#include <QFormLayout>
#include <QString>

#include <string>

namespace tau::ui {

/// Captions and values in two columns, for reading.
class Facts : public QFormLayout {
    Q_OBJECT
public:
    explicit Facts(QWidget* parent = nullptr);
    void add(const QString& caption, QWidget* value);
    /// Plain text; an empty one makes no row.
    void add_text(const QString& caption, const QString& value);
    /// A key, hash or id, shortened, with a button that copies it; `what` names it for people where
    /// the caption alone does not.
    void add_key(const QString& caption, const std::string& value, const QString& what = {});
    /// An address or path, as long as there is room; `what` names it for people.
    void add_address(const QString& caption, const QString& what, const std::string& value);
};

} // namespace tau::ui
