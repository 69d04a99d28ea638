#pragma once

#include "ui/vaults/density.h"
#include "ui/vaults/map_frame.h"

#include <QPixmap>
#include <QWidget>

#include <functional>
#include <optional>

class QToolButton;

namespace tau::ui {

/// Vault nodes on a map: dots while they are few, else a picture of how many stand where. Wheel,
/// drag, + - and arrows move it, Home shows the whole earth; a click (Enter for the middle) picks
/// the node that is nearest, or the best one where many are under the pointer; Shift and drag
/// (Shift+Enter for all that is shown) selects an area.
class MapView : public QWidget {
    Q_OBJECT
public:
    /// A node's score, 0..1; below 0 when it may not be chosen.
    using Score = std::function<float(std::uint32_t row)>;
    /// What the tooltip says of a node.
    using Describe = std::function<QString(std::uint32_t row)>;

    explicit MapView(QWidget* parent = nullptr);
    void set_words(Score score, Describe describe);

    /// All of the table's rows are shown until set_shown says less.
    void set_nodes(std::shared_ptr<const vault::NodeTable> table);
    /// By row: 1 when it passes the filter, else 0.
    void set_shown(std::span<const std::uint8_t> rows);
    /// The first is the one that is looked at; the map moves when it would be out of sight.
    void set_picked(std::vector<std::uint32_t> rows);
    /// Where distances are measured from.
    void set_place(const std::optional<vault::Place>& place);
    /// The next click says where one is, instead of picking.
    void set_choosing_place(bool choosing);
    bool choosing_place() const { return choosing_place_; }

    const MapFrame& frame() const { return frame_; }
    /// What a click there picks; nullopt where there is nothing within a few pixels.
    std::optional<std::uint32_t> node_at(QPointF pixel) const;
    /// Whether single nodes are drawn; brings the picture up to date.
    bool shows_dots();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void row_picked(std::uint32_t row);
    void area_selected(const vault::Area& area);
    void place_chosen(const vault::Place& place);
    void choosing_place_changed(bool choosing);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void make_buttons();
    void zoom_by(double factor, QPointF still);
    void frame_changed();
    void click(QPointF pixel);
    bool press_move_key(int key);
    vault::Place place_of(std::uint32_t row) const;
    QPointF middle() const;

    void refresh_land();
    void refresh_nodes();
    void find_dots();
    void describe_for_readers();
    void paint_dots(QPainter& painter) const;
    void paint_marks(QPainter& painter) const;
    void paint_overlay(QPainter& painter) const;

    std::shared_ptr<const vault::NodeTable> table_;
    std::vector<std::uint8_t> shown_; ///< by row, 0 or 1
    Score score_;
    Describe describe_;
    std::vector<std::uint32_t> picked_;
    std::optional<vault::Place> place_;
    MapFrame frame_;

    QPixmap land_;
    QImage nodes_;                    ///< empty while dots are drawn
    std::vector<std::uint32_t> dots_; ///< rows
    std::size_t in_frame_ = 0;
    bool land_stale_ = true;
    bool nodes_stale_ = true;

    bool choosing_place_ = false;
    bool aiming_ = false; ///< the keyboard is used: its cross is shown
    std::optional<QPointF> pressed_;
    QPointF moved_to_;
    bool panning_ = false;
    bool brushing_ = false;
    QWidget* buttons_ = nullptr;
};

} // namespace tau::ui
