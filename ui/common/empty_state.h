#pragma once

#include <QHBoxLayout>
#include <QPushButton>
#include <QWidget>

namespace tau::ui {

/// What a page shows while there is nothing yet: a picture, what this place is for, and the one
/// thing to do next.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& icon_name, const QString& heading, const QString& text,
               QWidget* parent = nullptr);
    QPushButton* add_action(const QString& text, bool primary, const QString& icon_name = {});

private:
    QHBoxLayout* actions_;
};

} // namespace tau::ui
